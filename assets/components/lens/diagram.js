// The drawing of the inside of the cell, from the tables below: which parts and wires there are, and where.

import { SVG, element } from "../shared/elements.js";

export const VIEW = { width: 456, height: 340 };
const TRACK = 60; // the height of the line that c runs along
const BUS = { h: 284, x: 290, apart: 3, from: 186, foot: 332 }; // the lines that bring h and x under the gates
const GATE = { top: 188, height: 76, name: 20, number: 43, gauge: 52, thickness: 6, inset: 11, activation: 70 };
const CIRCLE = 15; // radius of an operation's circle
const LABEL = { wide: 104, high: 43, above: 17, beside: 5, number: 21 }; // a name, its number under it, their room
// As many characters as fit surely; more are condensed to the room, as large numbers and names of activations
const WITHIN = {
  gate: { number: { characters: 7, room: 76 }, activation: { characters: 8, room: 78 } },
  pill: { number: { characters: 8, room: 86 }, activation: { characters: 8, room: 84 } },
  circle: { number: { characters: 8, room: 90 } },
  port: { number: { characters: 8, room: 88 } },
  h_before: { number: { characters: 19, room: 178 } },
  x: { number: { characters: 17, room: 160 } },
};
const ARROW = { long: 13, half: 8 };
const REACH = 5; // how much larger than it looks a part is to the finger

// Parts to point at. `from`: the phase of a play that reaches them (1 gates, 2 candidate, 3 new c, 4 h; 0 is always).
// Gates stand about x, operations about (x, y), a label at [x, y, which end of it is there].
export const PARTS = [
  { node: "c_before", kind: "port", from: 0, label: [2, 20, "start"] },
  { node: "h_before", kind: "port", from: 0, label: [2, 312, "start"] },
  { node: "x", kind: "port", from: 0, label: [196, 312, "start"] },
  { node: "f", kind: "gate", from: 1, x: 72, width: 86 },
  { node: "i", kind: "gate", from: 1, x: 166, width: 86 },
  { node: "candidate", kind: "gate", from: 2, x: 268, width: 106 },
  { node: "o", kind: "gate", from: 1, x: 370, width: 86 },
  { node: "keep", kind: "circle", sign: "×", from: 3, x: 72, y: TRACK, label: [145, 20, "middle"] },
  { node: "write", kind: "circle", sign: "×", from: 3, x: 217, y: 138, label: [200, 92, "end"] },
  { node: "c", kind: "circle", sign: "+", from: 3, x: 217, y: TRACK, label: [450, 20, "end"] },
  { node: "tanh_c", kind: "pill", from: 4, x: 370, y: 100, width: 92, height: 27, label: [314, 84, "end"] },
  { node: "h", kind: "circle", sign: "×", from: 4, x: 370, y: 152, label: [454, 312, "end"] },
];

// Wires: as wide as their value is large, in the colour of what they carry; `arrow`: the point of its head.
// A masked step has two wires of its own: both states run past all the rest.
export const WIRES = [
  { value: "c_before", colour: "c", from: 0, path: `M0 ${TRACK}H57` },
  { value: "f", colour: "f", from: 1, path: "M72 188V75" },
  { value: "keep", colour: "f", from: 3, path: `M87 ${TRACK}H202` },
  { value: "i", colour: "i", from: 1, path: "M166 188V178Q166 170 173 166L205 148" },
  { value: "candidate", colour: "candidate", from: 2, path: "M268 188V178Q268 170 261 166L229 148" },
  { value: "write", colour: "i", from: 3, path: "M217 123V75" },
  { value: "c", colour: "c", from: 4, path: `M370 ${TRACK}V87` },
  { value: "c", colour: "c", from: 3, path: `M232 ${TRACK}H444`, arrow: [454, TRACK] },
  { value: "tanh_c", colour: "c", from: 4, path: "M370 113V137" },
  { value: "o", colour: "o", from: 1, path: "M370 188V167" },
  { value: "h", colour: "h", from: 4, path: "M385 152H422Q432 152 432 162V274Q432 284 444 284", arrow: [454, BUS.h] },
  { value: "c", colour: "c", from: 0, path: `M0 ${TRACK}H444`, arrow: [454, TRACK], masked: true },
  { value: "h", colour: "h", from: 0, path: `M0 ${BUS.h}H444`, arrow: [454, BUS.h], masked: true },
];

const COLOUR_OF = { c_before: "c", h_before: "h", keep: "f", write: "i", tanh_c: "c" }; // of parts without their own
const colourOf = (node) => COLOUR_OF[node] ?? node;
export const GAUGES = { candidate: { from: 0.5, unit: 0.5 } }; // where a gauge's 0 is, and how far it is from there to 1
export const GATE_GAUGE = { from: 0, unit: 1 };

// ---- making the drawing ----

export function svgPiece(tag, attributes, ...inside) {
  const made = element([tag, attributes], SVG);
  made.append(...inside);
  return made;
}

const svgText = (name, x, y, text = "") => svgPiece("text", { class: `lens-cell-${name}`, x, y }, text);

const svgBox = (name, [x, y, width, height], rounding) =>
  svgPiece("rect", { class: `lens-cell-${name}`, x, y, width, height, rx: rounding });

/** h and x come in along two lines and go up into every gate. */
export function makeInputs() {
  const gates = PARTS.filter(({ kind }) => kind === "gate").map(({ x }) => x);
  const foot = GATE.top + GATE.height;
  const up = (apart, y) => gates.map((x) => `M${x + apart} ${y}V${foot}`).join("");
  const [first, last] = [gates[0], gates.at(-1)];
  return [
    ["h", `M0 ${BUS.h}H${last - BUS.apart}${up(-BUS.apart, BUS.h)}`],
    ["x", `M${BUS.from} ${BUS.foot}V${BUS.x}M${first + BUS.apart} ${BUS.x}H${last + BUS.apart}${up(BUS.apart, BUS.x)}`],
  ].map(([colour, d]) => svgPiece("path", { class: "lens-cell-input", "data-colour": colour, d }));
}

export function makeWire({ colour, from, path, arrow = undefined, masked = false }) {
  const line = svgPiece("path", { class: "lens-cell-line", d: path });
  const name = masked ? "lens-cell-wire lens-cell-bypass" : "lens-cell-wire";
  const wire = svgPiece("g", { class: name, "data-colour": colour, "data-from": from }, line);
  const head = `M${arrow}l${-ARROW.long} ${-ARROW.half}v${2 * ARROW.half}z`;
  if (arrow) wire.append(svgPiece("path", { class: "lens-cell-arrow", d: head }));
  return { wire, line };
}

/** A gate: its name, its number, the number as a gauge, the name of its activation. */
function makeGate({ node, x, width }) {
  const [left, { top, height }] = [x - width / 2, GATE];
  const { from } = GAUGES[node] ?? GATE_GAUGE;
  const [start, long] = [left + GATE.inset, width - 2 * GATE.inset];
  const at = { y: top + GATE.gauge, height: GATE.thickness };
  const parts = {
    name: svgText("name", x, top + GATE.name),
    number: svgText("number", x, top + GATE.number),
    gauge: svgPiece("rect", { class: "lens-cell-gauge", x: start, width: 0, ...at }),
    activation: svgText("activation", x, top + GATE.activation),
  };
  const inside = [
    svgBox("shape", [left, top, width, height], 8),
    svgPiece("rect", { class: "lens-cell-gauge-track", x: start, width: long, ...at }),
    parts.gauge,
    svgPiece("path", { class: "lens-cell-gauge-zero", d: `M${start + from * long} ${at.y - 2}v${at.height + 4}` }),
    parts.name, parts.number, parts.activation,
  ];
  return { parts: { ...parts, track: long }, inside };
}

/** An operation's circle or an activation's pill. */
function makeOperation({ kind, sign, x, y, width, height }) {
  if (kind === "pill") {
    const activation = svgText("pill-name", x, y);
    const pill = svgBox("shape", [x - width / 2, y - height / 2, width, height], height / 2);
    return { parts: { activation }, inside: [pill, activation] };
  }
  const circle = svgPiece("circle", { class: "lens-cell-shape", cx: x, cy: y, r: CIRCLE });
  const reach = svgPiece("circle", { class: "lens-cell-reach", cx: x, cy: y, r: CIRCLE + REACH });
  return { parts: {}, inside: [reach, circle, svgText("sign", x, y, sign)] };
}

/** A name, unless the part itself shows it, with its number under it, and the room around both to point at. */
function makeLabel([x, y, anchor], named) {
  const share = { start: 0, middle: 0.5, end: 1 }[anchor];
  const name = svgText("name", x, y);
  const number = svgText("number", x, y + LABEL.number);
  const left = x - share * LABEL.wide + (1 - 2 * share) * -LABEL.beside;
  const room = svgBox("reach", [left, y - LABEL.above, LABEL.wide, LABEL.high], 6);
  const parts = named ? { name, number } : { number };
  const label = svgPiece("g", { class: "lens-cell-label", "text-anchor": anchor }, room, ...Object.values(parts));
  return { parts, inside: [label] };
}

const MAKERS = { gate: makeGate, circle: makeOperation, pill: makeOperation, port: () => ({ parts: {}, inside: [] }) };

export function makePart(part) {
  const { node, kind, from, label } = part;
  const made = MAKERS[kind](part);
  const beside = label ? makeLabel(label, kind !== "pill") : { parts: {}, inside: [] };
  const group = svgPiece("g", {
    class: "lens-cell-part", role: "button", tabindex: 0, "aria-controls": "lens-cell-panel",
    "data-node": node, "data-kind": kind, "data-colour": colourOf(node), "data-from": from,
  }, ...made.inside, ...beside.inside);
  return { ...part, group, within: WITHIN[node] ?? WITHIN[kind], ...made.parts, ...beside.parts };
}
