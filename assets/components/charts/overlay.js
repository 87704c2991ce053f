// What is drawn over Plotly's heatmaps and lines, as lists of [tag, attributes, text or children]: pure functions.

import { cellColour, inkOn } from "../shared/colours.js";
import { FEW_LINES, lineEnds } from "./ends.js";
import { runsOf, stepsOf } from "./figure.js";
import { NUMBER_WIDTH } from "./grid.js";

const PRINTED = [ // pixels that a value needs to be printed so
  { width: 58, decimals: 4 }, { width: 36, decimals: 2 }, { width: NUMBER_WIDTH, decimals: 2, small: true },
];
const TENS = 8; // pixels of one digit more
const VALUE_ROW = 16; // the lowest row that has room for a value
const WORD_COLUMN = 30; // the narrowest column that has room for a word
const ROW_LABEL_GAP = 6; // between a row's label and its cells
const BRACKET = { inset: 2, foot: 1, rise: 4, name: 3 }; // over returned values: pixels from cells, of its ends, to its name
const EDGE = 3; // how far outlines may reach over the plot's edge
const TIGHT = 480; // up to so many pixels a panel's header has less in it
const HATCH_WIDTH = 7;

export const rowHeight = (/** @type {Panel} */ panel) => panel.height / panel.rows;
export const axisOf = ({ axis }, layout) => layout[`yaxis${axis.slice(1)}`];
const rectangle = (name, /** @type {number[]} */ [x, y, width, height]) => ["rect", { class: name, x, y, width, height }];

const HATCH = ["defs", {}, [
  ["pattern", {
    id: "charts-hatch", width: HATCH_WIDTH, height: HATCH_WIDTH,
    patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)",
  }, [["line", { class: "charts-hatch", y2: HATCH_WIDTH }]]]]];

// ---- inside the plot: SVG ----

function masks(/** @type {PlacedPanel} */ { carried, masked, top, height, geometry: { x, cell } }) {
  return runsOf(masked).flatMap(([first, last]) => {
    const place = [x(first), top, (last - first + 1) * cell, height];
    const veil = carried ? [] : [rectangle("charts-veil", place)];
    return [...veil, rectangle("charts-hatched", place)];
  });
}

/** How a number stands out from its cell; from a masked one with a rim against the hatching. */
function valueLook(name, colour, skipped, carried) {
  if (skipped && !carried) return { class: `${name} charts-skipped` };
  const rim = skipped ? { class: `${name} charts-rimmed`, stroke: `rgb(${colour.join(",")})` } : { class: name };
  return { ...rim, fill: inkOn(colour) };
}

/** A number in as few characters as it is still read in: .92, -.56, 1.0. */
const shortly = (value) => (Math.abs(value) < 0.995 ? value.toFixed(2).replace("0.", ".") : value.toFixed(1));

/** The numbers in a heatmap's cells, where they have room. */
function values(/** @type {PlacedPanel} */ panel, trace, /** @type {FigureView} */ { grids, columns }) {
  const { geometry } = panel;
  const room = PRINTED.find(({ width }) => geometry.cell >= width + (trace.zmax < 10 ? 0 : TENS));
  if (!room || columns.size > 1 || rowHeight(panel) < VALUE_ROW) return [];
  const masked = new Set(panel.masked);
  return grids[panel.grid].flatMap((row, r) => stepsOf(columns).map((step) => {
    const value = row[step - 1];
    const look = valueLook("charts-value", cellColour(value, trace), masked.has(step), panel.carried);
    const place = { x: geometry.x(step) + geometry.cell / 2, y: panel.top + (r + 0.5) * rowHeight(panel) };
    return ["text", { ...look, ...place }, room.small ? shortly(value) : value.toFixed(room.decimals)];
  }));
}

/** Where returned values stand: runs of steps, each with the names of the outputs that begin there. */
function returnedSpans(marks) {
  const spans = new Map();
  for (const { order, name, steps } of marks) {
    for (const [k, [first, last]] of runsOf(steps).entries()) {
      const key = `${first}-${last}`;
      if (!spans.has(key)) spans.set(key, { first, last, names: [] });
      if (k === 0) spans.get(key).names.push(order ? `${order} ${name}` : name);
    }
  }
  return [...spans.values()];
}

/** A bracket over each run of steps that the layer returns, with the outputs' names at that end where no other's stand. */
function returnedMarks(/** @type {PlacedPanel} */ panel) {
  const { x, cell, plot } = panel.geometry;
  const spans = returnedSpans(panel.marks ?? []).filter(({ first, last }) => x(last + 1) > 0 && x(first) < plot);
  return spans.flatMap(({ first, last, names }) => {
    const inset = Math.min(BRACKET.inset, cell / 4);
    const [left, right] = [Math.max(x(first), 0) + inset, Math.min(x(last + 1), plot) - inset];
    const foot = panel.top - BRACKET.foot;
    const shared = spans.some((other) => other.first === first && other.last < last);
    const atEnd = shared || left + right > plot + 1;
    const bracket = ["path", { class: "charts-mark", stroke: panel.colour, d: `M${left} ${foot}v${-BRACKET.rise}H${right}v${BRACKET.rise}` }];
    if (!names.length) return [bracket];
    const place = { x: atEnd ? right : left, y: foot - BRACKET.rise - BRACKET.name, "text-anchor": atEnd ? "end" : "start" };
    return [bracket, ["text", { class: "charts-badge", ...place }, names.join(" · ")]];
  });
}

/** The cursor: an outline around the first column; moving it is one translation. */
const cursor = (/** @type {PlacedPanel} */ { top, height, geometry: { cell } }, columns) => ["path", {
  class: "charts-cursor", visibility: "hidden", d: `M0 ${top}h${columns.size * cell}v${height}h${-columns.size * cell}z`,
}];

// ---- beside the plot ----

/** "unit 1", "unit 2", ... at the rows of a heatmap; "1", "2", ... where there is little room. */
function rowLabels(/** @type {PlacedPanel} */ panel, layout) {
  const { slim, geometry: { left } } = panel;
  const { tickvals, ticktext } = axisOf(panel, layout);
  const y = (row) => panel.top + (row - 0.5) * rowHeight(panel);
  return tickvals.map((row, k) => ["text", { class: "charts-row", x: left - ROW_LABEL_GAP, y: y(row) }, slim ? String(row) : ticktext[k]]);
}

const across = (/** @type {PlacedPanel} */ { x, wide }) => `left: ${x}px; width: ${wide}px`;

const notes = (/** @type {PlacedPanel} */ panel, { pixels }) => panel.notes.map((note, k) =>
  ["div", { class: "charts-note", style: `${across(panel)}; top: ${panel.title + pixels.title + k * pixels.note}px` }, note]);

/** The sentence's words over the first panel's cells. */
function words({ labels, panels, pixels }, columns) {
  if (!labels) return [];
  const { left, cell, x, plot } = panels[0].geometry;
  if (cell < WORD_COLUMN) return [];
  const whole = (step) => x(step) > -1 && x(step + 1) < plot + 1;
  const place = (step) => `left: ${left + x(step)}px; top: ${panels[0].top - pixels.words}px; width: ${cell}px`;
  return stepsOf(columns).filter(whole)
    .map((step) => ["div", { class: "charts-word", style: place(step) }, labels[step - 1]]);
}

/** "returned: 1 output · 2 state_h"; where there is little room, without what stands before it. Or "handed on" alone. */
function returnedPill(/** @type {Panel} */ { marks }, /** @type {FigureMeta} */ { text }) {
  if (!marks) return [];
  if (!marks.length) return [["span", { class: "charts-kept" }, text.not_returned]];
  const listed = marks.map(({ order, name }) => (order ? `${order} ${name}` : name)).join(" · ");
  const [before, after] = marks[0].order ? text.returned.split("{outputs}") : ["", ""];
  return [["span", { class: "charts-returned" }, [
    ["span", { class: "charts-wide" }, before], ["span", {}, listed], ["span", { class: "charts-wide" }, after]]]];
}

function legend(/** @type {Panel} */ panel, traces) {
  const word = (content) => ["span", {}, content];
  const bar = (name, background) => ["span", { class: name, style: `background: ${background}` }];
  if (panel.kind === "heatmap") {
    const gradient = `linear-gradient(to right, ${traces[0].colorscale.map(([, colour]) => colour).join(", ")})`;
    return [word(panel.legend[0]), bar("charts-scale", gradient), word(panel.legend[1])];
  }
  return panel.rows > FEW_LINES ? [word(panel.legend)] : []; // few lines have their units' numbers at their ends
}

const headerClass = ({ wide, slim }) => `charts-header${wide > TIGHT ? "" : " charts-tight"}${slim ? " charts-slim" : ""}`;

/** A panel's title, what of it is returned, and its legend. */
const header = (panel, traces, meta) => ["div", { class: headerClass(panel), style: `${across(panel)}; top: ${panel.title}px` }, [
  ["span", { class: "charts-swatch", style: `background: ${panel.colour}` }],
  ["span", { class: "charts-title" }, panel.name],
  ...returnedPill(panel, meta),
  ["span", { class: "charts-legend" }, legend(panel, traces)],
]];

/** What is seen of a panel's steps: the plot and the rim that outlines at its edges need; x = 0 is the plot's left edge. */
function windowOf({ left, plot }, { height }) {
  const width = plot + 2 * EDGE;
  return { x: left - EDGE, width, height, viewBox: [-EDGE, 0, width, height].join(" ") };
}

/** Both layers over the plot: {svg, html}. */
export function overlay(/** @type {FigureView} */ view) {
  const { data, layout, meta, columns } = view;
  const tracesOf = (panel) => data.filter(({ yaxis }) => yaxis === panel.axis);
  const [heatmaps, lines] = ["heatmap", "lines"].map((name) => meta.panels.filter(({ kind }) => kind === name));
  const inside = (panel) => [
    ...masks(panel),
    ...(panel.kind === "heatmap" ? [...returnedMarks(panel), ...values(panel, tracesOf(panel)[0], view)] : [["g", { class: "charts-unit" }, []]]),
    cursor(panel, columns),
  ];
  return {
    svg: [
      HATCH,
      ...heatmaps.flatMap((panel) => rowLabels(panel, layout)),
      ...lines.flatMap((panel) => lineEnds(panel, axisOf(panel, layout), tracesOf(panel)[0], view)),
      ...meta.panels.map((panel) => ["svg", windowOf(panel.geometry, layout), inside(panel)]),
    ],
    html: [
      ...words(meta, columns),
      ...meta.panels.flatMap((panel) => [header(panel, tracesOf(panel), meta), ...notes(panel, meta)]),
    ],
  };
}
