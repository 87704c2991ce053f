// From the figure that Python made to what Plotly draws at one width, range of steps and theme: pure functions.
// Steps, units and features are counted from 1, as on the axis.

import { channelsOf, luminance } from "../shared/colours.js";
import { clamp, decode, decodeLevels } from "../shared/numbers.js";

const MAX_COLUMNS = 200; // columns of a heatmap drawn at once; where steps are more, a column is their mean
const TICK_WIDTH = 26; // pixels between two step numbers, at least
const ROUND = [1, 2, 5, 10];

/** @type {FigureMeta} */
const PLAIN = { panels: [], rows: [], steps: 1, labels: null, sent: null, zoom: false, summary: "", alt: "", text: {}, pixels: { title: 0, note: 0, words: 0 } };
const MARGIN = { l: 60, r: 20, t: 20, b: 50 };

/**
 * A figure with all that the charts ask for. One of Plotly's own kind needs no `meta`: then nothing is drawn over it.
 * @param {PlainFigure | Figure} figure
 * @returns {Figure}
 */
export const completed = ({ data, layout, meta }) => (
  { data, layout: { ...layout, margin: { ...MARGIN, ...layout.margin } }, meta: { ...PLAIN, ...meta } });

// ---- arrays ----

/** A row of columns -> a row of steps: each column's number at all of its steps, NaN where nothing was sent. */
function spread(columns, steps, { first, last, size }) {
  const row = new Float32Array(steps).fill(NaN);
  for (const [k, value] of columns.entries()) row.fill(value, first - 1 + k * size, Math.min(first - 1 + (k + 1) * size, last));
  return row;
}

/** A heatmap's values -> its rows, a number a step. */
function rowsOf({ z, zmin, zmax }, /** @type {FigureMeta} */ { steps, sent }) {
  const flat = z.dtype === "u2" ? decodeLevels(z, zmin, zmax) : decode(z);
  const [rows, columns] = z.shape.split(",").map(Number);
  return Array.from({ length: rows }, (_, k) => {
    const row = flat.subarray(k * columns, (k + 1) * columns);
    return sent ? spread(row, steps, sent) : row;
  });
}

const isGrid = ({ type, meta }) => type === "heatmap" && meta?.grid !== undefined;

/** Each quantity's rows, from its heatmap. */
export const gridsOf = (/** @type {Figure} */ { data, meta }) => Object.fromEntries(
  data.filter(isGrid).map((trace) => [trace.meta.grid, rowsOf(trace, meta)]),
);

/** The mean of a row over the steps from `first` up to, not with, `end`. */
export function mean(row, first, end) {
  let sum = 0;
  for (let step = first; step < end; step += 1) sum += row[step - 1];
  return sum / (end - first);
}

// ---- steps ----

/**
 * The columns that cover a range of steps, `size` steps each: column k from starts[k] up to, not with, starts[k + 1].
 * Where means of several steps were sent, `least` at once, there are no smaller ones.
 * @param {number[]} range
 * @param {number} steps
 * @returns {Columns}
 */
export function columnsOf([low, high], steps, least = 1) {
  const first = clamp(Math.floor(low + 0.5), 1, steps);
  const last = clamp(Math.ceil(high - 0.5), first, steps);
  const aligned = (size) => Math.ceil(last / size) - Math.floor((first - 1) / size); // so many columns of that size
  let size = Math.max(least, Math.ceil((last - first + 1) / MAX_COLUMNS));
  if (size > least && aligned(size) > MAX_COLUMNS) size += 1;
  const starts = [];
  for (let start = first - ((first - 1) % size); start <= last; start += size) starts.push(start);
  return { size, starts: [...starts, Math.min(starts.at(-1) + size, steps + 1)] };
}

/**
 * The steps of the column that `step` is in: [first, end).
 * @param {number} step
 * @param {Columns} columns
 * @param {number} steps
 */
export function columnOf(step, { size }, steps) {
  const first = step - ((step - 1) % size);
  return [first, Math.min(first + size, steps + 1)];
}

/** All the steps that the columns cover. */
export const stepsOf = ({ starts }) => Array.from({ length: starts.at(-1) - starts[0] }, (_, k) => starts[0] + k);

/** Whether all of a range of steps was sent. */
export const covers = (/** @type {FigureMeta} */ { sent }, /** @type {number[]} */ [low, high]) => (
  !sent || (sent.first - 0.5 <= low && high <= sent.last + 0.5));

/**
 * What of the steps to ask the server for, to see a range as well as can be; undefined where that is here.
 * @param {FigureMeta} meta
 * @param {number[]} range
 */
export function wanted(meta, range) {
  const { steps, sent } = meta;
  const [first, last] = [clamp(Math.floor(range[0] + 0.5), 1, steps), clamp(Math.ceil(range[1] - 0.5), 1, steps)];
  const finer = sent?.size > 1 && last - first < sent.last - sent.first;
  return finer || !covers(meta, range) ? { steps, first, last } : undefined;
}

/** Sorted steps -> runs of neighbours: [2, 3, 7] -> [[2, 3], [7, 7]]. */
export function runsOf(sorted) {
  const runs = [];
  for (const step of sorted) {
    if (runs.length && runs.at(-1)[1] === step - 1) runs.at(-1)[1] = step;
    else runs.push([step, step]);
  }
  return runs;
}

/** The round number of steps from one step number on the axis to the next: 1, 2, 5, 10, 20, ... */
function tickStep(cell) {
  const least = Math.max(TICK_WIDTH / cell, 1);
  const power = 10 ** Math.floor(Math.log10(least));
  return ROUND.map((factor) => factor * power).find((step) => step >= least);
}

// ---- colours ----

/**
 * The page's colours and font, as the browser computes them.
 * @param {Element} root
 * @returns {Theme}
 */
export function themeOf(root) {
  const { color, fontFamily } = getComputedStyle(root);
  const ink = channelsOf(color);
  const shade = (alpha) => `rgba(${ink.join(",")},${alpha})`;
  return {
    scheme: luminance(ink) > 0.5 ? "dark" : "light", font: fontFamily,
    text: shade(0.85), line: shade(0.4), grid: shade(0.12),
  };
}

// ---- what Plotly draws ----

/** A heatmap with the columns of the range: every step, or means of several. */
function drawnHeatmap({ x0, dx, ...trace }, rows, { starts }) {
  const spans = starts.slice(0, -1).map((start, k) => [start, starts[k + 1]]);
  const z = rows.map((row) => Float32Array.from(spans, ([start, end]) => mean(row, start, end)));
  return { ...trace, x: starts.map((start) => start - 0.5), z };
}

/** The points of a line, one for every number that was sent: at the middle, `x`, of the steps from `at` on. */
export function pointsOf(/** @type {FigureMeta} */ { steps, sent }) {
  const { first, last, size } = sent ?? { first: 1, last: steps, size: 1 };
  const at = Array.from({ length: Math.ceil((last - first + 1) / size) }, (_, k) => first + k * size);
  return { at, x: at.map((start) => (start + Math.min(start + size - 1, last)) / 2) };
}

/** One line a unit, through every number that was sent of it. */
function drawnLines({ meta: { lines, ...colours }, ...trace }, /** @type {FigureView} */ { grids, meta, theme: { scheme } }) {
  const { at, x } = pointsOf(meta);
  return grids[lines].map((row, unit) => {
    const color = colours[scheme][unit];
    const y = Float32Array.from(at, (step) => row[step - 1]);
    return { ...trace, meta: { lines }, x, y, line: { ...trace.line, color }, marker: { ...trace.marker, color } };
  });
}

function drawnLine(trace, { scheme }) {
  const color = trace.meta?.[scheme];
  if (!color) return trace;
  return { ...trace, line: { ...trace.line, color }, marker: { ...trace.marker, color } };
}

/**
 * The layout in the page's colours. The overlay labels the rows: Plotly's measuring of them is half of its redraw.
 * @param {Figure["layout"]} layout
 * @param {FigureView} view
 */
function drawnLayout(layout, { meta, width, range, theme, draggable }) {
  const look = { gridcolor: theme.grid, zerolinecolor: theme.line };
  const cellOf = (name) => meta.panels.find(({ axis }) => axis.slice(1) === name.slice("xaxis".length)).geometry.cell;
  const time = (name) => ({ range: [...range], tick0: 0, dtick: tickStep(cellOf(name)) });
  const own = (name, { ticktext }) => (name[0] === "x" ? time(name) : { showticklabels: !ticktext });
  const asPanels = meta.panels.length ? own : () => ({});
  const axes = Object.entries(layout).filter(([name]) => /^[xy]axis/.test(name))
    .map(([name, axis]) => [name, { ...axis, ...look, ...asPanels(name, axis) }]);
  const font = { family: theme.font, size: 12, color: theme.text };
  return { ...layout, ...Object.fromEntries(axes), width, font, dragmode: draggable ? "zoom" : false };
}

function drawnTraces(trace, /** @type {FigureView} */ view) {
  if (isGrid(trace)) return [drawnHeatmap(trace, view.grids[trace.meta.grid], view.columns)];
  return trace.meta?.lines ? drawnLines(trace, view) : [drawnLine(trace, view.theme)];
}

/** Data and layout as Plotly.react takes them. */
export const drawn = (/** @type {FigureView} */ view) => [
  view.data.flatMap((trace) => drawnTraces(trace, view)),
  drawnLayout(view.layout, view),
];
