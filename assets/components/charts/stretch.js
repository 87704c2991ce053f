// Colours from the smallest to the largest value that is here, with both ends in numbers: pure functions.

const DIGITS = 3;

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

const printed = (value, signed) => `${signed && value > 0 ? "+" : ""}${Number(value.toPrecision(DIGITS))}`;

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
    const [low, high] = ends[panel.axis] ?? [];
    return low === undefined ? panel : { ...panel, legend: [printed(low, low < 0), printed(high, low < 0)] };
  };
  return { data: data.map(coloured), layout, meta: { ...meta, panels: meta.panels.map(said) } };
}
