// Which line is which unit: its number at the line's end, and of many lines the chosen one alone. Pure functions.

import { clamp } from "../shared/numbers.js";
import { columnOf, mean, pointsOf } from "./figure.js";

export const FEW_LINES = 8; // up to so many, each has its number
const GAP = 4; // pixels from a line's end to its number
const APART = 11; // between the middles of two numbers
const LIFT = 8; // the chosen line's number above its end

/** Where a value stands in a panel of lines, in pixels from the figure's top. */
const heightOf = (/** @type {PlacedPanel} */ { top, height }, { range: [low, high] }) => (value) => (
  top + ((high - value) / (high - low)) * height);

/** Places, moved apart from each other and kept between two bounds. */
export function apart(places, low, high) {
  const order = places.map((_, k) => k).sort((one, other) => places[one] - places[other]);
  const moved = [...places];
  let least = low;
  for (const k of order) least = (moved[k] = Math.max(moved[k], least)) + APART;
  let most = high;
  for (const k of order.toReversed()) most = (moved[k] = Math.min(moved[k], most)) - APART;
  return moved;
}

/** The last column that is drawn: its middle, in pixels from the plot's edge, and its steps. */
function lastColumn(/** @type {PlacedPanel} */ { geometry: { x, plot } }, /** @type {FigureView} */ { columns, meta: { steps } }) {
  const span = columnOf(columns.starts.at(-1) - 1, columns, steps);
  return { end: Math.min((x(span[0]) + x(span[1])) / 2, plot), span };
}

/** The number of each unit at the end of its line; none where lines are many. */
export function lineEnds(/** @type {PlacedPanel} */ panel, axis, trace, /** @type {FigureView} */ view) {
  if (panel.rows > FEW_LINES) return [];
  const { end, span } = lastColumn(panel, view);
  const y = heightOf(panel, axis);
  const ended = view.grids[panel.grid].map((row, k) => ({ unit: k + 1, y: y(mean(row, ...span)) })).filter((line) => Number.isFinite(line.y));
  const places = apart(ended.map((line) => line.y), panel.top, panel.top + panel.height);
  return ended.map(({ unit }, k) => ["text", {
    class: "charts-unit-number", x: panel.geometry.left + end + GAP, y: places[k], fill: trace.meta[view.theme.scheme][unit - 1],
  }, String(unit)]);
}

/** The chosen unit's line, over many pale ones, with its number. */
export function chosenLine(/** @type {PlacedPanel} */ panel, axis, trace, /** @type {FigureView} */ view, unit) {
  const row = view.grids[panel.grid][unit - 1];
  if (panel.rows <= FEW_LINES || !row) return [];
  const { geometry, top, height } = panel;
  const { x, at } = pointsOf(view.meta);
  const y = heightOf(panel, axis);
  const places = at.map((step, k) => [geometry.x(x[k]) + geometry.cell / 2, y(row[step - 1])]).filter((place) => place.every(Number.isFinite));
  if (!places.length) return [];
  const colour = trace.meta[view.theme.scheme][unit - 1];
  const { end, span } = lastColumn(panel, view);
  const ended = y(mean(row, ...span));
  const number = { class: "charts-unit-number charts-chosen", x: end, y: clamp(ended - LIFT, top + LIFT, top + height - LIFT), fill: colour };
  return [
    ["path", { class: "charts-chosen-line", stroke: colour, d: `M${places.map((place) => place.join(" ")).join("L")}` }],
    ...(Number.isFinite(ended) ? [["text", number, String(unit)]] : []),
  ];
}
