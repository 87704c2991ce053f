// What fits where: how wide texts are in the picture's own font, and how many digits of a number a box has room for.

import { setAttributes } from "../shared/elements.js";
import { hiddenPen } from "../shared/pen.js";

const MAX_DECIMALS = 4;
const DECIMALS_READ = 2; // all numbers of a picture have as many decimals; not one with no room even for these
const TEXT_MARGIN = 1; // pixels between a number and its box's sides, at least

/** A question about texts: how wide one is at a font size and weight, in the font of `root`. */
export function rulerOf(root) {
  const { fontFamily } = getComputedStyle(root);
  const known = new Map();
  return (text, size, weight = 400) => {
    const alike = text.replace(/\d/g, "0"); // digits are equally wide
    const key = `${weight} ${size} ${alike}`;
    if (!known.has(key)) {
      const pen = hiddenPen();
      pen.font = `${weight} ${size}px ${fontFamily}`;
      known.set(key, pen.measureText(alike).width);
    }
    return known.get(key);
  };
}

/** A number with so many decimals; inf and nan as Python writes them, and never -0. */
function fixed(value, decimals) {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  const text = value.toFixed(decimals);
  return Number(text) === 0 ? text.replace("-", "") : text;
}

/** How the numbers of a picture are written in boxes `room` wide: all with as many decimals as there is room for. */
export function writerFor(values, room, wide) {
  const most = (value) => {
    for (let decimals = MAX_DECIMALS; decimals >= 0; decimals -= 1) {
      if (wide(fixed(value, decimals)) <= room - 2 * TEXT_MARGIN) return decimals;
    }
    return -1;
  };
  const shared = Math.min(MAX_DECIMALS, ...Array.from(values, most).filter((decimals) => decimals >= DECIMALS_READ));
  return (value) => {
    const decimals = Math.min(shared, most(value));
    return decimals < 0 ? value.toExponential(0).replace("+", "") : fixed(value, decimals);
  };
}

/** Condense texts that are too long for the room they say they have. */
export function condense(texts) {
  for (const text of texts) {
    const room = Number(text.dataset.room);
    if (text.getComputedTextLength() > room) setAttributes(text, { textLength: room, lengthAdjust: "spacingAndGlyphs" });
  }
}
