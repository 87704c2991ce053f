// One cell of the picture, {panel, step, row}: which one is under the pointer, where a key leads, what it says.

import { clamp, decimalsOf } from "../shared/numbers.js";
import { fill } from "../shared/particles.js";
import { columnOf, mean } from "./figure.js";
import { axisOf, rowHeight } from "./overlay.js";

const READOUT_PANEL = 130; // over panels no taller than this the words stand above all of their rows

/** A mean as the server sent it, in those decimals that are its own. */
function rough(value, data, grid) {
  const trace = data.find(({ meta }) => meta?.grid === grid);
  const { zmin, zmax } = trace.meta.fixed ?? trace;
  return Number.isFinite(value) ? value.toFixed(decimalsOf(zmin, zmax)) : String(value);
}

/** A value in words: four decimals, or three digits where those would hide it or be too long. */
function exact(value) {
  const size = Math.abs(value);
  return size === 0 || (size >= 0.001 && size < 1e5) ? value.toFixed(4) : String(Number(value.toPrecision(3)));
}

function stepInWords(step, /** @type {number[]} */ [first, end], /** @type {Panel} */ { masked }, meta) {
  const { labels, text } = /** @type {FigureMeta} */ (meta);
  if (end - first > 1) return fill(text.steps_mean, { first, last: end - 1 });
  const words = labels ? fill(text.step_word, { step, word: labels[step - 1] }) : fill(text.step, { step });
  return masked.includes(step) ? `${words} · ${text.masked}` : words;
}

/** "h, hidden state · step 4 ("sat") · unit 2 · value -0.0331" */
export function inWords(/** @type {ChartCell} */ { panel, step, row }, /** @type {FigureView} */ { data, meta, grids, columns }) {
  const { text, steps, sent } = meta;
  const column = columnOf(step, columns, steps);
  const unit = panel.quantity === "x" ? fill(text.feature, { feature: row }) : fill(text.unit, { unit: row });
  const number = mean(grids[panel.grid][row - 1], ...column);
  const value = fill(text.value, { value: sent?.size > 1 ? rough(number, data, panel.grid) : exact(number) });
  return [panel.name, stepInWords(step, column, panel, meta), unit, value].join(" · ");
}

export const sameCell = (one, other) =>
  one?.panel === other?.panel && one?.step === other?.step && one?.row === other?.row;

/** The same cell in a figure that took the place of another; undefined where it has none. */
export function kept(/** @type {ChartCell} */ cell, /** @type {FigureView} */ { meta }) {
  const panel = cell && meta.panels.find(({ axis }) => axis === cell.panel.axis);
  return panel && cell.row <= panel.rows && cell.step <= meta.steps ? { ...cell, panel } : undefined;
}

/** The cell under a place on the stage, or the nearest line's point there; undefined beside the panels. */
export function cellAt({ x, y }, /** @type {FigureView} */ { meta, layout, grids }) {
  const panel = meta.panels.find(({ top, height, geometry: { left, plot } }) => (
    y >= top && y < top + height && x >= left && x < left + plot));
  if (!panel) return undefined;
  const step = panel.geometry.stepAt(x);
  if (panel.kind === "heatmap") return { panel, step, row: Math.floor((y - panel.top) / rowHeight(panel)) + 1 };
  const [low, high] = axisOf(panel, layout).range;
  const pointed = high - ((y - panel.top) / panel.height) * (high - low);
  const distances = grids[panel.grid].map((row) => Math.abs(row[step - 1] - pointed));
  return { panel, step, row: distances.indexOf(Math.min(...distances)) + 1 };
}

/** The place on the stage that a cell's words stand above. */
export function placeOf(/** @type {ChartCell} */ { panel, step, row }) {
  const { geometry } = panel;
  const x = geometry.left + geometry.x(step) + geometry.cell / 2;
  return { x, y: panel.top + (panel.height <= READOUT_PANEL ? 0 : (row - 1) * rowHeight(panel)) };
}

/** The cell that a key leads to, undefined for other keys; after a panel's last row comes the next panel's first. */
export function moved(/** @type {ChartCell} */ cell, key, /** @type {FigureView} */ { meta, columns }) {
  const { panels, steps } = meta;
  if (!panels.length) return undefined;
  const at = cell ?? { panel: panels[0], step: 0, row: 1 };
  const across = (step) => ({ ...at, step: clamp(step, 1, steps) });
  const down = (by) => {
    const [row, panel] = [at.row + by, panels[panels.indexOf(at.panel) + by]];
    if (row >= 1 && row <= at.panel.rows) return { ...across(at.step), row };
    return panel ? { ...across(at.step), panel, row: by > 0 ? 1 : panel.rows } : across(at.step);
  };
  const keys = {
    ArrowRight: () => across(at.step + columns.size), ArrowLeft: () => across(at.step - columns.size),
    Home: () => across(1), End: () => across(steps), ArrowDown: () => down(1), ArrowUp: () => down(-1),
  };
  return keys[key]?.();
}
