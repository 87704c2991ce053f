// One cell over time: drawn once for each time step, with a dot for each of its units, and its weights once for all
// steps. Pure functions of the picture's data and of what is chosen.

import { subscript } from "../shared/numbers.js";
import { fill } from "../shared/particles.js";

// In pixels
export const STAGE = { top: 30, row: 15, pad: 6 }; // above the tallest cell, of a unit, and around the dots in a cell
const PITCH_MOST = 74; // from one step to the next
const GAP = { wide: 18, narrow: 9 }; // between two cells
const NARROW = 40; // steps of a phone
const DOT = 5;
const EMPTY = 1.4; // the dot of a unit or step that is not there
const BELOW = { x: 30, bus: 50, weights: 66 }; // from the cells' feet downwards: x, the weights' wire, the weights
const WIRES = { reads: 0.25, weighs: 0.38 }; // from a cell's middle to that of x and that of the weights, in its width
const WEIGHT = { across: 2, down: 2, tallest: 46 }; // of one number of the weights, and of all their rows
const BESIDE = 12; // between the weights and what is said of them
const LINE = 18;
const ARROW = 6;
const FOOT = 6;

const line = (name, d, more = {}) => ["path", { class: name, d, ...more }];
const text = (name, x, y, content, more = {}) => ["text", { class: name, x, y, ...more }, content];
const up = (x, y) => line("tip", `M${x} ${y}l-4 ${ARROW}h8z`);

/**
 * Where things stand in a picture of this width.
 * @param {UnitsStepsData} data
 * @param {number} width
 */
export function layOut({ most, rows }, width) {
  const pitch = Math.min(PITCH_MOST, width / most);
  const foot = STAGE.top + most * STAGE.row + 2 * STAGE.pad;
  const cell = pitch - GAP[pitch < NARROW ? "narrow" : "wide"];
  const down = Math.min(WEIGHT.down, WEIGHT.tallest / (rows + most));
  return {
    width, pitch, foot, down, cell,
    reads: cell * WIRES.reads, weighs: cell * WIRES.weighs, narrow: pitch < NARROW,
    height: foot + BELOW.weights + Math.max(WEIGHT.tallest, 2 * LINE) + FOOT,
    middle: (step) => (step - 0.5) * pitch,
    row: (unit) => foot - STAGE.pad - (unit - 0.5) * STAGE.row,
    topOf: (units) => foot - units * STAGE.row - 2 * STAGE.pad,
  };
}

/** The cell at a step: a box with its units as dots, what it reads and what it hands on. */
function drawCell(step, { units, steps }, /** @type {UnitsStepsData} */ { colour }, G) {
  const [x, top] = [G.middle(step), G.topOf(units)];
  const half = G.cell / 2;
  const [reads, weighs] = [x - G.reads, x + G.weighs];
  const dots = Array.from({ length: units }, (_, k) => ["circle", { class: "unit", cx: x, cy: G.row(k + 1), r: DOT, fill: colour }]);
  const on = (G.row(1) + G.row(units)) / 2;
  const hands = step === steps ? [] : [line("chain", `M${x + half} ${on}h${G.pitch - G.cell - ARROW}`, { stroke: colour }),
    line("tip", `M${x + G.pitch - half} ${on}l${-ARROW} -4v8z`, { fill: colour })];
  return ["g", { class: step === steps ? "step last" : "step", "data-step": step }, [
    ["rect", { class: "cell", x: x - half, y: top, width: G.cell, height: G.foot - top, rx: 7 }],
    ...dots,
    ...hands,
    line("wire", `M${reads} ${G.foot + BELOW.x - 12}V${G.foot + ARROW}`),
    up(reads, G.foot + 1),
    text("x", reads, G.foot + BELOW.x, `x${subscript(step)}`),
    line("weighs", `M${weighs} ${G.foot + BELOW.bus}V${G.foot + 1}`),
  ]];
}

/** The weights: a block for each gate, as large as they are, whatever the number of steps. */
function drawWeights({ units, steps }, /** @type {UnitsStepsData} */ data, G) {
  const [top, left] = [G.foot + BELOW.weights, G.middle(1) - G.cell / 2];
  const across = units * WEIGHT.across;
  const height = (data.rows + units) * G.down;
  const blocks = data.gates.map((colour, k) => (
    ["rect", { class: "weights", x: left + k * across, y: top, width: across, height, fill: colour, stroke: colour }]));
  const facts = { parameters: data.parameters[units - 1].toLocaleString("en"), steps };
  const beside = left + data.gates.length * across + BESIDE;
  return [
    line("bus", `M${left + (data.gates.length * across) / 2} ${top}V${G.foot + BELOW.bus}H${G.middle(steps) + G.weighs}`),
    ...blocks,
    text("weights-count", beside, top + 11, fill(data.text.weights, facts)),
    text("weights-note", beside, top + 11 + LINE, fill(said(data.text, "weights_note", steps), facts), { "data-room": G.width - beside }),
  ];
}

/** All places where a unit could be at a step. */
function drawRoom({ units, steps }, { most }, G) {
  const places = [];
  for (let step = 1; step <= most; step += 1) for (let unit = 1; unit <= most; unit += 1) {
    if (step > steps || unit > units) places.push(["circle", { class: "empty", cx: G.middle(step), cy: G.row(unit), r: EMPTY }]);
  }
  return places;
}

/**
 * The whole picture.
 * @param {UnitsStepsData} data
 * @returns {Part[]}
 */
export function drawCells(data, chosen, G) {
  const { units, steps } = chosen;
  const [x, top] = [G.middle(steps), G.topOf(units)];
  return [
    ...drawRoom(chosen, data, G),
    ...Array.from({ length: steps }, (_, k) => drawCell(k + 1, chosen, data, G)),
    line("leaves", `M${x} ${top}v${ARROW - 12}`, { stroke: data.colour }),
    line("tip", `M${x} ${top - 14}l-5 8h10z`, { fill: data.colour }),
    text("h", x, top - 19, `h${subscript(steps)}`),
    ...drawWeights(chosen, data, G),
  ];
}

/** A text for one, or for several. */
const said = (texts, name, count) => texts[count === 1 ? `${name}_one` : name];

/** What follows from units and steps, each a name and a sentence. */
export function sentences({ text: texts, parameters, features }, { units, steps }) {
  const facts = { units, steps, features, parameters: parameters[units - 1].toLocaleString("en") };
  return [
    [`units = ${units}`, fill(said(texts, "units_is", units), facts)],
    [`timesteps = ${steps}`, fill(said(texts, "steps_is", steps), facts)],
    [texts.output, fill(texts.output_is, facts)],
    [texts.parameters, fill(texts.parameters_is, facts)],
  ];
}

/** The layer and its input, as code. */
export const code = ({ cell, features }, { units, steps }) => [
  `${cell}(`, ["units", String(units)], ")(x)   # x.shape: (1, ", ["steps", String(steps)], `, ${features})`];
