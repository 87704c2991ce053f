// The inside of the cell: its drawing is made once a cell, a step sets texts, widths and a few attributes; below it the
// panel.

import { setAttributes } from "../shared/elements.js";
import { clamp } from "../shared/numbers.js";
import { makeInput, makeNote, makePart, makeWire, svgPiece } from "./diagram.js";
import { VIEW, drawingOf, partIn } from "./drawings.js";
import { cellText, panelOf, recurrentInWords, symbolsOf } from "./formula.js";
import { Hand } from "./hand.js";
import { Panel, mark, piece, write } from "./panel.js";
import { OWN_H } from "./spec.js";
import { cellInWords, cellOf, exactly } from "./terms.js";

const WIRE = { least: 2, most: 11 }; // width of a wire whose value is 0, and of one whose value is as large as can be
const FEW = 3; // numbers of a vector that are shown beside its wire,
const SHORT = 1000; // those below this with two decimals
const REST_MS = 100; // that a pointer stands still on another part before its formula opens instead

// ---- what a step says ----

/** A few numbers of x or of the h before, or the only one. */
function vectorInWords(count, value) {
  if (count === 1) return exactly(value(1));
  const short = (number) => (Math.abs(number) < SHORT ? number.toFixed(2) : number.toExponential(1));
  const few = Array.from({ length: Math.min(count, FEW) }, (_, k) => short(value(k + 1)));
  return [...few, ...(count > FEW ? ["…"] : [])].join(" ");
}

/** The names and numbers beside the parts. */
function labelsOf(/** @type {Picture} */ P, t, words) {
  const symbols = symbolsOf(P, t);
  const many = (symbol, key, count) => (count === 1 ? symbol : `${symbol} · ${cellText(P, key, { count })}`);
  const names = {
    ...symbols,
    ...Object.fromEntries(P.spec.gates.map(({ name, symbol }) => [name, `${symbol} ${cellText(P, name)}`])),
    x: many(symbols.x, "features", P.features), h_before: many(symbols.h_before, "units", P.units),
    [OWN_H]: symbols.h_before,
  };
  const numbers = {
    ...words,
    x: vectorInWords(P.features, (k) => P.x(t, k)),
    h_before: vectorInWords(P.units, (j) => P.before("h", t, j)),
    [OWN_H]: words.h_before,
  };
  return { names, numbers };
}

/** The largest that the memory gets, at least 1: what the widest wire stands for. Its scale reaches so far. */
const reachOf = (/** @type {Picture} */ { spec, scales }) => Math.max(1, ...spec.sums.map(({ state }) => scales[state].zmax));

/** How wide a wire is whose value gets as large as `reach`; inf and nan are as wide as can be. */
function widthOf(value, reach) {
  const share = Math.min(1, Math.abs(value) / reach);
  return WIRE.least + (WIRE.most - WIRE.least) * (share >= 0 ? share : 1);
}

/** Where a gauge begins and how long it is, as shares of its track, whose 0 is at `zero` and whose 1 at its end. */
function gaugeOf(zero, value) {
  const end = clamp(zero + (1 - zero) * value, 0, 1) || 0;
  return { start: Math.min(zero, end), long: Math.abs(end - zero) };
}

/** Write a text, condensed to its room if it has too many characters for it. */
function writeWithin(label, text, { characters, room }) {
  write(label, text);
  const condensed = text.length > characters;
  if (condensed === label.condensed) return;
  label.condensed = condensed;
  if (condensed) setAttributes(label, { textLength: room, lengthAdjust: "spacingAndGlyphs" });
  else label.removeAttribute("textLength");
}

// ---- the component ----

class Cell {
  constructor(parent, choose) {
    this.choose = choose;
    this.held = null; // the part that a click or a key has chosen
    this.pointed = null;
    this.drawing = undefined; // as drawings.js has it; its `wires` and `parts` as they are drawn
    this.title = piece("h3", "title");
    this.hand = new Hand((told) => this.tellOfHand(told), () => this.redraw());
    /** @type {(told: object) => void} */
    this.tellOfHand = () => {}; // set by who can ask the server
    this.panel = new Panel(() => this.showPanel(), this.hand.root);
    this.panel.root.id = "lens-cell-panel";
    this.panel.root.tabIndex = 0; // long formulas scroll
    this.svg = svgPiece("svg", { class: "lens-cell-diagram", viewBox: `0 0 ${VIEW.width} ${VIEW.height}`, role: "group" });
    this.root = piece("section", "inside", this.title, piece("div", "body", this.svg, this.panel.root));
    this.listen();
    parent.replaceChildren(this.root);
  }

  // -- pointing --

  listen() {
    const { root, svg } = this;
    const nodeOf = ({ target }) => target.closest("[data-node]")?.dataset.node ?? null;
    const rest = (node) => (this.resting = setTimeout(() => this.point(node), REST_MS));
    const isMouse = ({ pointerType }) => pointerType === "mouse"; // a finger that leaves has clicked
    const byKey = ({ target }) => this.shown && target.matches("[data-node]:focus-visible");
    svg.addEventListener("pointermove", (event) => {
      if (!isMouse(event) || !this.shown) return;
      clearTimeout(this.resting);
      const node = nodeOf(event);
      if (node === this.pointed) return;
      if (this.shown.S.node && !this.held && node) rest(node); // on its way to the panel the pointer passes over others
      else this.point(node);
    });
    svg.addEventListener("pointerleave", (event) => {
      clearTimeout(this.resting);
      if (isMouse(event)) this.point(null);
    });
    svg.addEventListener("pointerdown", (event) => this.grab(event));
    svg.addEventListener("click", (event) => !event.target.closest(".lens-cell-grab") && this.hold(nodeOf(event)));
    svg.addEventListener("keydown", (event) => this.press(event, nodeOf(event)));
    // not on the SVG itself, which a listener for focus would make a stop of the Tab key
    root.addEventListener("focusin", (event) => byKey(event) && this.point(nodeOf(event)));
    root.addEventListener("focusout", () => this.point(null));
  }

  /** Show a part when it is pointed at, and until another one is; then again the part that is held, if any. */
  point(node) {
    const { shown } = this;
    if (node && !this.pointed && this.held !== shown.S.node) this.held = null; // another picture or a play went on from it
    if (node) this.tell(node);
    else if (this.pointed && this.held) this.tell(this.held);
    this.pointed = node;
  }

  /** A click or a key holds a part; the second one on the same part lets it go. */
  hold(node) {
    if (!node || !this.shown) return; // nothing drawn yet
    clearTimeout(this.resting);
    this.held = this.held === node && this.shown.S.node === node ? null : node;
    this.pointed = node;
    this.tell(this.held);
  }

  /** Drag the gauge of a gate: its formula opens, and it is held at what the pointer says. */
  grab(event) {
    const grip = event.target.closest(".lens-cell-grab");
    if (!grip || !this.hand.able || this.shown.cell.masked) return;
    event.preventDefault();
    this.choose({ step: this.shown.S.step }); // a play rests
    const part = this.parts.find(({ group }) => group.contains(grip));
    if (this.held !== part.node) this.hold(part.node);
    const drag = ({ clientX }) => {
      const { left, width } = part.rail.getBoundingClientRect();
      const share = clamp((clientX - left) / width, 0, 1);
      this.hand.take(part.node, (share - part.zero) / (1 - part.zero));
    };
    part.group.focus({ preventScroll: true }); // the keys are this picture's now
    grip.setPointerCapture(event.pointerId);
    grip.onpointermove = drag;
    grip.onlostpointercapture = () => (grip.onpointermove = null);
    drag(event);
  }

  press(event, node) {
    if (!["Enter", " ", "Escape"].includes(event.key) || !node || !this.shown) return;
    if (event.key === "Escape" && this.shown.P.held.length) return; // the picture's own key: it lets all gates go
    event.preventDefault();
    event.stopPropagation(); // the picture's own keys: space plays
    if (event.key !== "Escape") return this.hold(node);
    this.held = null;
    this.tell(null);
  }

  tell(node) {
    if (node !== this.shown.S.node) this.choose({ node });
  }

  // -- drawing --

  redraw() {
    const { P, S, phase } = this.shown;
    this.show(P, S, phase);
  }

  /** Draw the cell of the payload P for S = {step, unit, node}; in a play, only as far as `phase`. */
  show(/** @type {Picture} */ P, S, phase = 0) {
    if (P !== this.shown?.P) this.take(P);
    const cell = this.hand.over(P, S, cellOf(P, S.step, S.unit));
    const words = cellInWords(P.spec, cell);
    this.shown = { P, S, cell, words, phase };
    mark(this.svg, "phase", String(phase));
    mark(this.svg, "masked", cell.masked ? "" : null);
    write(this.title, cellText(P, "title", S));
    this.showWires(cell);
    this.showParts(labelsOf(P, S.step, words), cell, S.node);
    this.showPanel();
  }

  /** What stays the same from step to step. */
  take(/** @type {Picture} */ P) {
    this.reach = reachOf(P);
    this.memory = P.spec.memory;
    if (drawingOf(P.spec) !== this.drawing) this.draw(P.spec);
    mark(this.root, "biases", String(P.spec.biasRows));
    const { style } = this.root;
    for (const [quantity, colour] of Object.entries(P.colours)) style.setProperty(`--lens-cell-${quantity}`, colour);
    for (const { node, colour } of this.parts) style.setProperty(`--lens-cell-${node}`, P.colours[colour]);
    this.svg.setAttribute("aria-label", cellText(P, "diagram"));
    for (const { node, says, within } of this.parts) {
      if (says) writeWithin(says, P.activations[node] ?? recurrentInWords(P), within.says);
    }
  }

  /** Draw another cell than before. */
  draw(/** @type {Spec} */ spec) {
    this.drawing = drawingOf(spec);
    this.held = partIn(spec, this.held);
    this.pointed = partIn(spec, this.pointed);
    clearTimeout(this.resting);
    const { inputs, wires, parts, notes = [] } = this.drawing;
    this.wires = wires.map((wire) => ({ ...wire, ...makeWire(wire) }));
    this.parts = parts.map(makePart);
    for (const { node, group } of this.parts) if (spec.states.includes(node)) group.dataset.state = "";
    const groups = [...this.wires.map(({ wire }) => wire), ...this.parts.map(({ group }) => group)];
    this.svg.replaceChildren(...inputs.map(makeInput), ...groups, ...notes.map(makeNote));
    this.open = undefined;
  }

  showWires(cell) {
    for (const { line, value } of this.wires) {
      line.style.strokeWidth = widthOf(cell.numbers[value], this.memory.has(value) ? this.reach : 1);
    }
  }

  showParts({ names, numbers }, cell, pointed) {
    const { P, S } = this.shown;
    for (const { node, group, name, number, gauge, knob, track, zero, within } of this.parts) {
      if (name) write(name, names[node]);
      if (number) writeWithin(number, numbers[node], within.number);
      if (gauge) {
        const { start, long } = gaugeOf(zero, cell.numbers[node]);
        gauge.style.transform = `translateX(${start * track}px)`;
        gauge.style.width = `${long * track}px`;
        knob.style.transform = `translateX(${(cell.numbers[node] < 0 ? start : start + long) * track}px)`;
        mark(group, "held", P.heldAt(node, S.step, S.unit) || this.hand.local?.gate === node ? "" : null);
      }
      group.setAttribute("aria-label", `${names[node]} ${numbers[node]}`);
    }
    if (this.open !== pointed) this.expand(pointed);
  }

  /** Mark the part whose formula is open. */
  expand(pointed) {
    for (const { node, group } of this.parts) group.setAttribute("aria-expanded", String(node === pointed));
    this.open = pointed;
  }

  showPanel() {
    const { P, S, cell, words } = this.shown;
    const part = this.parts.find(({ node }) => node === S.node);
    this.hand.show(P, S, cell, part?.signed ? -1 : 0);
    this.panel.show(P, panelOf(P, S, cell, words, this.panel.all));
  }
}

/** The inside of the cell, added to `parent`. `choose({node})` is called when a part is pointed at, or none. */
export const makeCell = (parent, choose) => new Cell(parent, choose);
