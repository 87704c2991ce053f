// Where the parts of a stack stand: layers upward, time to the right. A pure function of the data and the room.

import { clamp } from "../shared/numbers.js";

// In pixels
const PITCH_LEAST = { wide: 52, narrow: 40 }; // between steps; where that is too wide for all, a window shows some
const PITCH_MOST = 150;
const NARROW = 480; // pictures of a phone
const GAP = { wide: 24, narrow: 16 }; // between two cells
const CELL = 34; // height
const BETWEEN = 26; // a layer's two directions
const MERGE = { height: 18, below: 22 };
const UP = { straight: 30, crossed: 64, behind: 18 }; // from a layer to the next; more where something stands between
const HEAD = 28;
const ABOVE = 26; // the topmost wire's end, where there is no head
const STEP = 20;
const WORD = 18;
const EDGE = 4;
const RETURNED = 50; // beside the last step: the states that are returned

const CROSSED_MOST = 24; // steps whose wires may cross; of more, each wire says where it leads

export const sizeOf = (/** @type {number} */ width) => (width < NARROW ? "narrow" : "wide");

/**
 * The geometry of a stack in a window of this width; `size` is that of the whole picture.
 * @param {StackData} data
 * @param {number} room
 * @param {"wide" | "narrow"} size
 * @returns {StackGeometry}
 */
export function layOut({ steps, layers, head, labels }, room, size) {
  const ends = layers.filter(({ returned }) => returned).flatMap(({ directions }) => directions);
  const [left, right] = [true, false].map((side) => (ends.some(({ backwards }) => backwards === side) ? RETURNED : 0));
  const width = Math.max(room - left - right, PITCH_LEAST[size]);
  const pitch = Math.min(PITCH_MOST, width / clamp(Math.floor(width / PITCH_LEAST[size]), 1, steps));
  const scrolls = pitch * steps > width + 1;
  const crosses = !scrolls && steps <= CROSSED_MOST;
  let y = head ? EDGE + HEAD : EDGE + ABOVE;
  const rows = [];
  const placed = [...layers].reverse().map((layer, k) => {
    const turned = layer.places[0] !== 1 && layer.sequences;
    y += (turned && crosses ? UP.crossed : UP.straight) + (layer.behind ? UP.behind : 0);
    const top = y;
    const merge = layer.merge ? { y, height: MERGE.height } : undefined;
    if (merge) y += MERGE.height + MERGE.below;
    const index = layers.length - 1 - k;
    const own = [...layer.directions.keys()].reverse().map((direction) => {
      const row = { layer: index, direction, y, middle: y + CELL / 2, bottom: y + CELL };
      y += CELL + (direction ? BETWEEN : 0);
      return row;
    });
    rows.push(...own);
    return { index, top, merge, turned, rows: own.reverse(), bottom: y };
  });
  const foot = y + UP.straight;
  return {
    width: width + left + right, size, pitch, scrolls, crosses, cell: pitch - GAP[size], gap: GAP[size],
    content: left + pitch * steps + right, chain: [left, left + pitch * steps],
    height: foot + STEP + (labels ? WORD : 0), foot, head: head ? { y: EDGE, height: HEAD } : undefined,
    rows: rows.reverse(), layers: placed.reverse(), end: head ? EDGE + HEAD : EDGE + ABOVE - 8,
    middle: (step) => left + (step - 0.5) * pitch,
    stepAt: (x) => clamp(Math.ceil((x - left) / pitch), 1, steps),
  };
}

/** Where a key leads from a cell, {row, step}; undefined for other keys. Rows count upwards. */
export function keyMove({ steps }, rows, { row, step }, key) {
  const moves = {
    ArrowLeft: { step: step - 1 }, ArrowRight: { step: step + 1 }, ArrowUp: { row: row + 1 }, ArrowDown: { row: row - 1 },
    Home: { step: 1 }, End: { step: steps },
  };
  if (!(key in moves)) return undefined;
  const to = { row, step, ...moves[key] };
  return { row: clamp(to.row, 0, rows - 1), step: clamp(to.step, 1, steps) };
}
