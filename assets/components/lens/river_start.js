// Where a river comes from, beside its first step: what the memory is before it, and what its colours mean. Pure functions.

import { FONT, BOLD, line, text } from "./layer.js";
import { brief, coloursOf, highOf, memoryOf } from "./river.js";

const SPRING = 30; // how much of the river is seen before the first step
const LINE = 15; // from one line of words to the next
const GAP = { value: 7, side: 6, swatch: 5 };
const SWATCH = 9;

/** Where it comes from: the unit's memory before the first step, and what stands above. */
export function drawRiverStart(side, width, /** @type {Picture} */ P, /** @type {RiverGeometry} */ R, unit, id, wide) {
  const memory = memoryOf(P);
  const value = P.initialValues[memory][unit - 1];
  const high = highOf(value, R);
  const isLeft = side === "left";
  const [near, far] = isLeft ? [width, width - SPRING] : [0, SPRING];
  const anchor = { style: `text-anchor: ${isLeft ? "end" : "start"}` };
  const x = isLeft ? width - GAP.side : GAP.side;
  const box = { x: Math.min(near, far), y: R.centre - high / 2, width: SPRING, height: high };
  const said = [`${memory}₀ ${brief(value)}`, `${memory}₀`, brief(value)];
  const named = wide(said[0], FONT.name, BOLD.chosen) <= width - GAP.side ? said.slice(0, 1) : said.slice(1);
  const lines = P.says ? wrapped(P.says.label, (words) => wide(words, FONT.step) <= width - GAP.side) : [];
  return [
    line("thread spring", near, R.centre, far, R.centre, { stroke: P.colours[memory] }),
    ["rect", { class: value < 0 ? "river below" : "river", ...box, fill: P.colours[memory] }],
    ...(value < 0 ? [["rect", { class: "hatched", ...box, fill: `url(#${id}-below)` }]] : []),
    ...named.map((words, k) => text("value", x, R.centre - high / 2 - GAP.value - (named.length - 1 - k) * LINE, words, { ...anchor, "data-room": width - GAP.side })),
    ...lines.map((words, k) => text("says", x, R.text + (k - lines.length + 1) * LINE, words, { ...anchor, "data-room": width - GAP.side })),
    ...drawKey(isLeft, width, P, R, id, wide),
  ];
}

/** A text in lines that fit, broken between words. */
function wrapped(words, fits) {
  return words.split(" ").reduce((lines, word) => {
    const longer = `${lines.at(-1)} ${word}`;
    return lines.length && fits(longer) ? [...lines.slice(0, -1), longer] : [...lines, word];
  }, []);
}

/** What the colours of streams mean, in lines that end with the steps' names; nothing where there is no room for it. */
function drawKey(isLeft, width, /** @type {Picture} */ P, /** @type {RiverGeometry} */ R, id, wide) {
  const colours = coloursOf(P);
  const room = width - 2 * GAP.side - SWATCH - GAP.swatch;
  const { written, dropped, negative } = P.text.layer;
  const lines = [{ words: written, fill: P.colours[colours.write] }, { words: dropped, fill: P.colours[colours.keep] }, { words: negative }];
  if (!colours.write || lines.some(({ words }) => wide(words, FONT.step) > room)) return [];
  return lines.flatMap(({ words, fill }, k) => {
    const y = R.step + (k - lines.length + 1) * LINE;
    const x = isLeft ? GAP.side : width - GAP.side - SWATCH;
    const box = { x, y: y - SWATCH, width: SWATCH, height: SWATCH, rx: 2 };
    const swatch = fill ? [["rect", { class: "stream-key", ...box, fill }]]
      : [["rect", { class: "river below", ...box, fill: P.colours[memoryOf(P)] }], ["rect", { class: "hatched", ...box, fill: `url(#${id}-below)` }]];
    const at = isLeft ? [x + SWATCH + GAP.swatch, { style: "text-anchor: start" }] : [x - GAP.swatch, { style: "text-anchor: end" }];
    return [...swatch, text("key", at[0], y, words, at[1])];
  });
}
