// Where the panels stand at a width: one under the other, as Python placed them, or in rows where there is room.

import { clamp } from "../shared/numbers.js";

const WIDE = 720; // pixels from which panels stand abreast
const GAP = 4; // between two panels of a row
const ROW_GAP = 12;
const NUMBERS = 18; // the step numbers under a panel
const FOOT = 4; // under a panel that is saved by itself: outlines reach over its edge
const SLIM_LEFT = 18; // of a panel that stands abreast of more than one other
const SMALL = { rows: 8, steps: 24 }; // of panels that may stand four abreast
export const NUMBER_WIDTH = 28; // the narrowest column that has room for a number

/**
 * Where the steps stand: `left` is the plot's edge, `cell` a step's width, `x` a step's left side from that edge.
 * @param {number} left
 * @param {number} plot
 * @param {number[]} range
 * @param {number} steps
 * @returns {FigureGeometry}
 */
function geometryOf(left, plot, range, steps) {
  const cell = plot / (range[1] - range[0]);
  return {
    left, plot, cell,
    x: (step) => (step - 0.5 - range[0]) * cell,
    stepAt: (x) => clamp(Math.floor((x - left) / cell + range[0] + 0.5), 1, steps),
  };
}

/** A panel from `x` on, `wide` pixels with the labels at its left; if `slim`, with no more than the rows' numbers there. */
function placed(/** @type {Panel} */ panel, { x, wide, slim }, margin, range, steps) {
  const left = slim ? SLIM_LEFT : margin.l;
  return { ...panel, x, wide, slim, geometry: geometryOf(x + left, wide - left - margin.r, range, steps) };
}

/** How wide each of some panels is, abreast in a width. */
const share = (width, count) => (width - (count - 1) * GAP) / count;

/**
 * A row of panels as lines of some abreast: four only where they are small, say nothing below their titles, and can
 * have their numbers in them - or could not have them two abreast either.
 * @param {Panel[]} row
 */
function linesOf(row, width, margin, steps) {
  const small = steps <= SMALL.steps && row.every(({ rows, notes }) => rows <= SMALL.rows && !notes.length);
  const numbered = (count, left) => share(width, count) - left - margin.r >= steps * NUMBER_WIDTH;
  const fits = small && (numbered(row.length, SLIM_LEFT) || !numbered(2, margin.l));
  const abreast = row.length < 4 || fits ? row.length : 2;
  const count = Math.ceil(row.length / abreast);
  return Array.from({ length: count }, (_, k) => row.slice(k * abreast, (k + 1) * abreast));
}

/** A vertical axis, and one of time under its panel; over the first, where the words are. */
function axesOf(/** @type {PlacedPanel} */ panel, layout, { width, height, titled }) {
  const name = panel.axis.slice(1);
  const { left, plot } = panel.geometry;
  const vertical = {
    ...layout[`yaxis${name}`], anchor: `x${name}`,
    domain: [1 - (panel.top + panel.height) / height, 1 - panel.top / height],
  };
  const upper = { ...layout.xaxis2, matches: undefined };
  const lower = { ...layout.xaxis, anchor: panel.axis, title: titled ? layout.xaxis.title : undefined, matches: "x" };
  const time = { ...(name ? lower : upper), domain: [left / width, (left + plot) / width] };
  return [[`yaxis${name}`, vertical], [`xaxis${name}`, time]];
}

/** The figure with its panels in rows. */
function inRows({ data, layout, meta }, width, range) {
  const { margin } = layout;
  const bottom = layout.height - meta.panels.at(-1).top - meta.panels.at(-1).height;
  const lines = meta.rows.flatMap((row) => linesOf(row.map((k) => meta.panels[k]), width, margin, meta.steps));
  let title = 0;
  const panels = lines.flatMap((line) => {
    const head = Math.max(...line.map((panel) => panel.top - panel.title));
    const wide = share(width, line.length);
    const slim = line.length > 2;
    const top = title + head;
    const here = line.map((panel, k) => placed({ ...panel, title, top }, { x: k * (wide + GAP), wide, slim }, margin, range, meta.steps));
    title = top + Math.max(...line.map(({ height }) => height)) + ROW_GAP + (here[0].axis === "y" ? 0 : NUMBERS);
    return here;
  });
  const last = lines.at(-1);
  const foot = Math.max(...panels.slice(-last.length).map(({ top, height }) => top + height));
  const height = foot + bottom;
  const axes = panels.flatMap((panel, k) => axesOf(panel, layout, { width, height, titled: k === panels.length - last.length }));
  const bare = Object.entries(layout).filter(([name]) => !/^[xy]axis/.test(name));
  return {
    data: data.map((trace) => ({ ...trace, xaxis: `x${trace.yaxis.slice(1)}` })),
    layout: { ...Object.fromEntries([...bare, ...axes]), height, margin: { ...margin, l: 0, r: 0 } },
    meta: { ...meta, panels },
  };
}

/**
 * The figure at a width: in rows where there is room and several panels of a row, else one under the other. What
 * belongs to each panel of the stage, saved by itself, are its `boxes`.
 * @param {Figure} figure
 * @param {number} width
 * @param {number[]} range
 * @returns {PlacedFigure}
 */
export function arranged(figure, width, range) {
  const { layout, meta } = figure;
  if (width >= WIDE && meta.rows.some(({ length }) => length > 1)) return inRows(figure, width, range);
  const place = { x: 0, wide: width, slim: false };
  return { ...figure, meta: { ...meta, panels: meta.panels.map((panel) => placed(panel, place, layout.margin, range, meta.steps)) } };
}

/** What of the stage belongs to one panel, [left, top, width, height] each: itself from its title on, and its time axis. */
export function boxesOf(/** @type {PlacedPanel} */ panel, /** @type {PlacedFigure} */ { layout, meta }) {
  const { x, wide, title, top, axis } = panel;
  const foot = top + panel.height;
  const last = meta.panels.at(-1);
  const lowest = last.top + last.height;
  if (foot === lowest) return [[x, title, wide, layout.height - title]];
  if (layout.margin.l) return [[x, title, wide, foot + FOOT - title], [x, lowest, wide, layout.height - lowest]];
  return [[x, title, wide, foot + (axis === "y" ? FOOT : NUMBERS) - title]];
}
