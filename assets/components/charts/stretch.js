// Colours from the smallest to the largest value that is here, with both ends in numbers: pure functions.

import { clamp } from "../shared/numbers.js";

const DIGITS = 3; // of the difference between both ends, at least

/**
 * What a heatmap's colours reach from and to, to show all of its values; undefined where those are all the same.
 * A scale about zero stays so: no colour changes sides.
 * @param {{ zmin: number; zmax: number }} scale
 * @param {Float32Array[]} rows
 */
function endsOf({ zmin, zmax }, rows) {
  let [low, high] = [Infinity, -Infinity];
  for (const value of rows.flatMap((row) => [...row]).filter(Number.isFinite)) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const reach = Math.max(-low, high);
  const ends = zmin === -zmax ? [-reach, reach] : [low, high];
  return ends[0] < ends[1] ? ends : undefined;
}

/**
 * Both ends in numbers, in so many digits that they are seen to differ.
 * @param {number[]} ends
 * @returns {[string, string]}
 */
function printed([low, high]) {
  const decimals = clamp(DIGITS - Math.ceil(Math.log10(high - low)), 0, 9);
  const [first, last] = [low, high].map((end) => String(Number(end.toFixed(decimals))));
  return [first, low < 0 ? `+${last}` : last];
}

const heatmaps = (/** @type {FigureMeta} */ { panels }) => panels.filter(({ kind }) => kind === "heatmap");

/** Whether each heatmap may have a scale of its own: those of one quantity are there to be compared. */
export function canStretch(/** @type {FigureMeta} */ meta) {
  const quantities = heatmaps(meta).map(({ quantity }) => quantity);
  return quantities.length > 0 && new Set(quantities).size === quantities.length;
}

/**
 * The figure with the colours of each heatmap stretched over its values; its `meta.fixed` keeps the scale as it was.
 * @param {Figure} figure
 * @param {Record<string, Float32Array[]>} grids
 * @returns {Figure}
 */
export function stretched({ data, layout, meta }, grids) {
  const ends = Object.fromEntries(heatmaps(meta).map(({ axis, grid }) => (
    [axis, endsOf(data.find(({ yaxis }) => yaxis === axis), grids[grid])])));
  const coloured = (trace) => {
    const [zmin, zmax] = ends[trace.yaxis] ?? [];
    return zmin === undefined ? trace : { ...trace, zmin, zmax, meta: { ...trace.meta, fixed: { zmin: trace.zmin, zmax: trace.zmax } } };
  };
  /** @returns {Panel} */
  const said = (/** @type {Panel} */ panel) => {
    const own = ends[panel.axis];
    return own ? { ...panel, legend: printed(own) } : panel;
  };
  return { data: data.map(coloured), layout, meta: { ...meta, panels: meta.panels.map(said) } };
}
