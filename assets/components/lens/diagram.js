// Makes the drawing of the inside of a cell from its table in drawings.js.

import { SVG, element } from "../shared/elements.js";
import { GATE } from "./drawings.js";

// In a gate, from its top: its name, number, gauge, and the name of its activation
const INSIDE = { name: 20, number: 43, gauge: 52, thickness: 6, inset: 11, says: 70 };
const BOX = { says: 15, number: 34 }; // in a box without a gauge
const CIRCLE = 15; // radius of an operation's circle
const LABEL = { wide: 104, high: 43, above: 17, beside: 5, number: 21 }; // a name, its number under it, their room
// As many characters as fit surely; more are condensed to the room, as large numbers and names of activations
const WITHIN = {
  gate: { number: { characters: 7, room: 76 }, says: { characters: 8, room: 78 } },
  box: { number: { characters: 7, room: 76 }, says: { characters: 10, room: 76 } },
  pill: { number: { characters: 8, room: 86 }, says: { characters: 8, room: 84 } },
  circle: { number: { characters: 8, room: 90 } },
  port: { number: { characters: 8, room: 88 } },
  h_before: { number: { characters: 19, room: 178 } },
  x: { number: { characters: 17, room: 160 } },
};
const ARROW = { long: 13, half: 8 };
const KNOB = { radius: 5.5, reach: 6 }; // what drags a gauge, and how much higher than the gauge one can take it
const REACH = 5; // how much larger than it looks a part is to the finger

export function svgPiece(tag, attributes, ...inside) {
  const made = element([tag, attributes], SVG);
  made.append(...inside);
  return made;
}

const svgText = (name, x, y, text = "") => svgPiece("text", { class: `lens-cell-${name}`, x, y }, text);

const svgBox = (name, [x, y, width, height], rounding) =>
  svgPiece("rect", { class: `lens-cell-${name}`, x, y, width, height, rx: rounding });

/** What gives a piece the colour of a quantity. */
const coloured = (colour) => ({ "data-colour": colour, style: `--quantity: var(--lens-cell-${colour})` });

/** The line that brings h or x in. */
export const makeInput = ({ colour, path }) => svgPiece("path", { class: "lens-cell-input", ...coloured(colour), d: path });

export function makeWire({ colour, from, path, arrow = undefined, masked = false }) {
  const line = svgPiece("path", { class: "lens-cell-line", d: path });
  const name = masked ? "lens-cell-wire lens-cell-bypass" : "lens-cell-wire";
  const wire = svgPiece("g", { class: name, ...coloured(colour), "data-from": from }, line);
  const head = `M${arrow}l${-ARROW.long} ${-ARROW.half}v${2 * ARROW.half}z`;
  if (arrow) wire.append(svgPiece("path", { class: "lens-cell-arrow", d: head }));
  return { wire, line };
}

/** A gate: its name, its number, the number as a gauge, the name of its activation. */
function makeGate({ x, width, top = GATE.top, zero }) {
  const left = x - width / 2;
  const [start, long] = [left + INSIDE.inset, width - 2 * INSIDE.inset];
  const at = { y: top + INSIDE.gauge, height: INSIDE.thickness };
  const parts = {
    name: svgText("name", x, top + INSIDE.name),
    number: svgText("number", x, top + INSIDE.number),
    gauge: svgPiece("rect", { class: "lens-cell-gauge", x: start, width: 0, ...at }),
    rail: svgPiece("rect", { class: "lens-cell-gauge-track", x: start, width: long, ...at }),
    knob: svgPiece("circle", { class: "lens-cell-knob", cx: start, cy: at.y + at.height / 2, r: KNOB.radius }),
    says: svgText("activation", x, top + INSIDE.says),
  };
  const inside = [
    svgBox("shape", [left, top, width, GATE.height], 8),
    parts.rail,
    parts.gauge,
    svgPiece("path", { class: "lens-cell-gauge-zero", d: `M${start + zero * long} ${at.y - 2}v${at.height + 4}` }),
    parts.name, parts.number, parts.says, parts.knob,
    svgPiece("rect", { class: "lens-cell-grab", x: left, y: at.y - KNOB.reach, width, height: at.height + 2 * KNOB.reach }),
  ];
  return { parts: { ...parts, track: long }, inside };
}

/** An operation's circle or an activation's pill. */
function makeOperation({ kind, sign, x, y, width, height }) {
  if (kind === "pill") {
    const says = svgText("pill-name", x, y);
    const pill = svgBox("shape", [x - width / 2, y - height / 2, width, height], height / 2);
    return { parts: { says }, inside: [pill, says] };
  }
  const circle = svgPiece("circle", { class: "lens-cell-shape", cx: x, cy: y, r: CIRCLE });
  const reach = svgPiece("circle", { class: "lens-cell-reach", cx: x, cy: y, r: CIRCLE + REACH });
  return { parts: {}, inside: [reach, circle, svgText(sign.length > 1 ? "sign lens-cell-sign-long" : "sign", x, y, sign)] };
}

/** A box: what is summed in it, and the sum. */
function makeBox({ x, top, width, height }) {
  const parts = { says: svgText("activation", x, top + BOX.says), number: svgText("number", x, top + BOX.number) };
  return { parts, inside: [svgBox("shape", [x - width / 2, top, width, height], 8), ...Object.values(parts)] };
}

/** Words beside a wire. */
export const makeNote = ({ text, from, x, y }) => (
  svgPiece("text", { class: "lens-cell-note-text", "data-from": from, x, y }, text));

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

const MAKERS = { gate: makeGate, box: makeBox, circle: makeOperation, pill: makeOperation, port: () => ({ parts: {}, inside: [] }) };

/** A gate larger than others, about its middle. */
const scaled = ({ x, top, scale }) => {
  const y = top + GATE.height / 2;
  return `translate(${x} ${y}) scale(${scale}) translate(${-x} ${-y})`;
};

/** A part to point at, with what of it a cell (`says`) or a step changes. */
export function makePart(part) {
  const { node, kind, from, label, colour = node, signed = false, scale = 1 } = part;
  const zero = signed ? 0.5 : 0; // where the gauge's 0 is, as a share of its track
  const made = MAKERS[kind]({ ...part, zero });
  if (scale !== 1) made.inside = [svgPiece("g", { transform: scaled(part) }, ...made.inside)];
  const beside = label ? makeLabel(label, kind !== "pill") : { parts: {}, inside: [] };
  const group = svgPiece("g", {
    class: "lens-cell-part", role: "button", tabindex: 0, "aria-controls": "lens-cell-panel",
    "data-node": node, "data-kind": kind, ...coloured(colour), "data-from": from,
  }, ...made.inside, ...beside.inside);
  return { ...part, colour, zero, group, within: part.within ?? WITHIN[node] ?? WITHIN[kind], ...made.parts, ...beside.parts };
}
