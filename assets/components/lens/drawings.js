// What the inside of each cell looks like: which parts and wires there are, and where. Whoever knows one cell finds the
// others' at the same places: the memory along the top, the gates in a row, h and x under them.

import { OWN_H } from "./spec.js";

export const VIEW = { width: 456, height: 340 };
const TRACK = 60; // the height of the line that the memory runs along
export const GATE = { top: 188, height: 76 };
const FOOT = GATE.top + GATE.height; // where h and x go into the gates
const BUS = { h: 284, x: 290, apart: 3 }; // the lines that bring h and x under the gates
const OUT = 454; // the point of what leaves

// A drawing has `parts` to point at, `wires`, the lines of `inputs`, `notes` beside wires, and the number of `phases` in
// which a play shows a step. `from`: the phase that reaches a piece; 0 is always. Gates stand about x, operations about
// (x, y), a label at [x, y, which end of it is there]. `colour`: the quantity whose colour a piece has, where that is not
// its own; `signed`: a gauge with its 0 in the middle; `within`: the room for a part's texts, where it has less than
// others of its kind. Wires are as wide as their value is large; `arrow`: the point of its head. A masked step has wires
// of its own: the states run past all the rest.

const X = { node: "x", kind: "port", from: 0, label: [196, 312, "start"] };
const H_BEFORE = { node: "h_before", kind: "port", colour: "h", from: 0, label: [2, 312, "start"] };

/** A line under the gates from x = `left`, and up from it at each of these places. */
const bus = (y, left, places, foot = FOOT) =>
  `M${left} ${y}H${places.at(-1)}${places.map((x) => `M${x} ${y}V${foot}`).join("")}`;

const beside = (places, way) => places.map((x) => x + way * BUS.apart);

/** x comes in from below and goes up into each of these places. */
const bringX = (places, foot = FOOT) => {
  const at = beside(places, 1);
  return { colour: "x", path: `M186 332V${BUS.x}${bus(BUS.x, Math.min(186, at[0]), at, foot)}` };
};

const bringH = (places, foot = FOOT) => ({ colour: "h", path: bus(BUS.h, 0, beside(places, -1), foot) });

const passing = (state, y) => ({ value: state, colour: state, from: 0, path: `M0 ${y}H444`, arrow: [OUT, y], masked: true });

const LSTM = {
  phases: 4, // gates, candidate, new c, h
  parts: [
    { node: "c_before", kind: "port", colour: "c", from: 0, label: [2, 20, "start"] },
    H_BEFORE,
    X,
    { node: "f", kind: "gate", from: 1, x: 72, width: 86 },
    { node: "i", kind: "gate", from: 1, x: 166, width: 86 },
    { node: "candidate", kind: "gate", signed: true, from: 2, x: 268, width: 106 },
    { node: "o", kind: "gate", from: 1, x: 370, width: 86 },
    { node: "keep", kind: "circle", sign: "×", colour: "f", from: 3, x: 72, y: TRACK, label: [145, 20, "middle"] },
    { node: "write", kind: "circle", sign: "×", colour: "i", from: 3, x: 217, y: 138, label: [200, 92, "end"] },
    { node: "c", kind: "circle", sign: "+", from: 3, x: 217, y: TRACK, label: [450, 20, "end"] },
    { node: "tanh_c", kind: "pill", colour: "c", from: 4, x: 370, y: 100, width: 92, height: 27, label: [314, 84, "end"] },
    { node: "h", kind: "circle", sign: "×", from: 4, x: 370, y: 152, label: [OUT, 312, "end"] },
  ],
  wires: [
    { value: "c_before", colour: "c", from: 0, path: `M0 ${TRACK}H57` },
    { value: "f", colour: "f", from: 1, path: "M72 188V75" },
    { value: "keep", colour: "f", from: 3, path: `M87 ${TRACK}H202` },
    { value: "i", colour: "i", from: 1, path: "M166 188V178Q166 170 173 166L205 148" },
    { value: "candidate", colour: "candidate", from: 2, path: "M268 188V178Q268 170 261 166L229 148" },
    { value: "write", colour: "i", from: 3, path: "M217 123V75" },
    { value: "c", colour: "c", from: 4, path: `M370 ${TRACK}V87` },
    { value: "c", colour: "c", from: 3, path: `M232 ${TRACK}H444`, arrow: [OUT, TRACK] },
    { value: "tanh_c", colour: "c", from: 4, path: "M370 113V137" },
    { value: "o", colour: "o", from: 1, path: "M370 188V167" },
    { value: "h", colour: "h", from: 4, path: "M385 152H422Q432 152 432 162V274Q432 284 444 284", arrow: [OUT, BUS.h] },
    passing("c", TRACK),
    passing("h", BUS.h),
  ],
  inputs: [bringH([72, 166, 268, 370]), bringX([72, 166, 268, 370])],
};

// The unit's own h runs along the top; all of h branches off to the gates. Where r is multiplied to what the candidate
// sees of it is what `reset_after` decides.
const GRU = {
  phases: 3, // gates, candidate, new h
  ports: [{ node: OWN_H, kind: "port", colour: "h", from: 0, label: [2, 20, "start"] }, H_BEFORE, X],
  gates: [
    { node: "z", kind: "gate", from: 1, x: 61, width: 86 },
    { node: "r", kind: "gate", from: 1, x: 155, width: 86 },
  ],
  operations: [
    { node: "h_tilde", kind: "gate", signed: true, from: 2, x: 372, width: 112 },
    { node: "keep", kind: "circle", sign: "×", colour: "z", from: 3, x: 61, y: TRACK, label: [210, 20, "middle"] },
    { node: "1-z", kind: "circle", sign: "1−", colour: "z", from: 1, x: 155, y: 124, label: [178, 88, "start"] },
    { node: "write", kind: "circle", sign: "×", colour: "h_tilde", from: 3, x: 372, y: 124, label: [355, 88, "end"] },
    { node: "h", kind: "circle", sign: "+", from: 3, x: 372, y: TRACK, label: [OUT, 20, "end"] },
  ],
  wires: [
    { value: "h_before", colour: "h", from: 0, path: `M0 ${TRACK}H46` },
    { value: "z", colour: "z", from: 1, path: "M61 188V75" },
    { value: "z", colour: "z", from: 1, path: "M61 124H140" },
    { value: "1-z", colour: "z", from: 1, path: "M170 124H357" },
    { value: "keep", colour: "z", from: 3, path: `M76 ${TRACK}H357` },
    { value: "h_tilde", colour: "h_tilde", from: 2, path: "M372 188V139" },
    { value: "write", colour: "h_tilde", from: 3, path: "M372 109V75" },
    { value: "h", colour: "h", from: 3, path: `M387 ${TRACK}H444`, arrow: [OUT, TRACK] },
    passing("h", TRACK),
  ],
};
const branched = (places, more = "") => ({ colour: "h", path: `M8 ${TRACK}V${BUS.h}${bus(BUS.h, 8, places)}${more}` });

const GRU_RESET_AFTER = {
  phases: GRU.phases,
  parts: [
    ...GRU.ports, ...GRU.gates,
    { node: "h_recurrent", kind: "box", colour: "h", from: 1, x: 258, top: 230, width: 84, height: 42 },
    { node: "reset", kind: "circle", sign: "×", colour: "r", from: 2, x: 258, y: 204, label: [258, 158, "middle"] },
    ...GRU.operations,
  ],
  wires: [
    { value: "r", colour: "r", from: 1, path: "M198 204H243" },
    { value: "h_recurrent", colour: "h", from: 1, path: "M258 230V219" },
    { value: "reset", colour: "r", from: 2, path: "M273 204H316" },
    ...GRU.wires,
  ],
  inputs: [branched([58, 152, 258]), bringX([61, 155, 372])],
};

const GRU_RESET_BEFORE = {
  phases: GRU.phases,
  parts: [
    ...GRU.ports, ...GRU.gates,
    { node: "h_reset", kind: "circle", sign: "×", colour: "r", from: 2, x: 258, y: 226, label: [258, 176, "middle"] },
    ...GRU.operations,
  ],
  wires: [
    { value: "r", colour: "r", from: 1, path: "M198 226H243" },
    { value: "h_reset", colour: "r", from: 2, path: "M273 226H316" },
    ...GRU.wires,
  ],
  inputs: [branched([58, 152, 258], `M258 ${FOOT}V241`), bringX([61, 155, 372])],
  notes: [{ text: "·U", from: 2, x: 295, y: 217 }],
};

const SIMPLE_RNN = {
  phases: 2, // candidate, h
  parts: [
    { ...H_BEFORE, label: [2, 104, "start"], within: { number: { characters: 16, room: 140 } } },
    { ...X, label: [262, 312, "start"] },
    { node: "h_tilde", kind: "gate", signed: true, from: 1, x: 252, top: 108, width: 124, scale: 1.4 },
    { node: "h", kind: "port", from: 2, label: [OUT, 104, "end"] },
  ],
  wires: [
    { value: "h", colour: "h", from: 2, path: "M338 146H444", arrow: [OUT, 146] },
    { value: "h", colour: "h", from: 0, path: "M0 146H142Q152 146 152 136V70Q152 60 162 60H342Q352 60 352 70V136Q352 146 362 146H444", arrow: [OUT, 146], masked: true },
  ],
  inputs: [{ colour: "h", path: "M0 146H165" }, { colour: "x", path: "M252 332V199" }],
};

/** The drawing of a cell. Two GRUs differ in what `traced` they have. */
export function drawingOf(/** @type {Spec} */ { name, traced }) {
  if (name === "GRU") return traced.includes("h_recurrent") ? GRU_RESET_AFTER : GRU_RESET_BEFORE;
  return name === "LSTM" ? LSTM : SIMPLE_RNN;
}

/** A part of another cell if this one has it too, else null. */
export const partIn = (/** @type {Spec} */ spec, node) => (drawingOf(spec).parts.some((part) => part.node === node) ? node : null);
