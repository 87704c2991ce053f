// The inside of the cell: one SVG, made once from the tables below; a step sets texts, widths and a few attributes.

const VIEW = { width: 456, height: 340 };
const TRACK = 60; // the height of the line that c runs along
const BUS = { h: 284, x: 290, apart: 3, from: 186, foot: 332 }; // the lines that bring h and x under the gates
const GATE = { top: 188, height: 76, name: 20, number: 43, gauge: 52, thickness: 6, inset: 11, activation: 70 };
const CIRCLE = 15; // radius of an operation's circle
const LABEL = { wide: 104, high: 43, above: 17, beside: 5, number: 21 }; // a name with its number under it, and the room of both
const WIRE = { least: 2, most: 11 }; // width of a wire whose value is 0, and of one whose value is as large as can be
const ARROW = { long: 13, half: 8 };
const REACH = 5; // how much larger than it looks a part is to the finger
const NAME = { characters: 8, margin: 8 }; // longer names of activations are condensed into their gate or pill
const FEW = 3; // numbers of a vector that are shown beside its wire

// Parts to point at. `from`: the phase of a play that reaches them (1 gates, 2 candidate, 3 new c, 4 h; 0 always there).
// Gates stand about x, operations about (x, y), a label at [x, y, which end of it is there].
const PARTS = [
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
const WIRES = [
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
  { value: "h", colour: "h", from: 4, path: `M385 152H422Q432 152 432 162V274Q432 ${BUS.h} 442 ${BUS.h}H444`, arrow: [454, BUS.h] },
  { value: "c", colour: "c", from: 0, path: `M0 ${TRACK}H444`, arrow: [454, TRACK], masked: true },
  { value: "h", colour: "h", from: 0, path: `M0 ${BUS.h}H444`, arrow: [454, BUS.h], masked: true },
];

const COLOUR_OF = { c_before: "c", h_before: "h", keep: "f", write: "i", tanh_c: "c" }; // of parts without their own
const colourOf = (node) => COLOUR_OF[node] ?? node;
const GAUGES = { candidate: { from: 0.5, unit: 0.5 } }; // where a gauge's 0 is, and how far it is from there to 1
const GATE_GAUGE = { from: 0, unit: 1 };

// ---- making the drawing ----

function svgPiece(tag, attributes, ...inside) {
  const made = element([tag, attributes], SVG);
  made.append(...inside);
  return made;
}

const svgText = (name, x, y, text = "") => svgPiece("text", { class: `lens-cell-${name}`, x, y }, text);

const svgBox = (name, [x, y, width, height], rounding) =>
  svgPiece("rect", { class: `lens-cell-${name}`, x, y, width, height, rx: rounding });

/** h and x come in along two lines and go up into every gate. */
function makeInputs() {
  const gates = PARTS.filter(({ kind }) => kind === "gate").map(({ x }) => x);
  const foot = GATE.top + GATE.height;
  const up = (apart, y) => gates.map((x) => `M${x + apart} ${y}V${foot}`).join("");
  const [first, last] = [gates[0], gates.at(-1)];
  return [
    ["h", `M0 ${BUS.h}H${last - BUS.apart}${up(-BUS.apart, BUS.h)}`],
    ["x", `M${BUS.from} ${BUS.foot}V${BUS.x}M${first + BUS.apart} ${BUS.x}H${last + BUS.apart}${up(BUS.apart, BUS.x)}`],
  ].map(([colour, d]) => svgPiece("path", { class: "lens-cell-input", "data-colour": colour, d }));
}

function makeWire({ colour, from, path, arrow, masked }) {
  const line = svgPiece("path", { class: "lens-cell-line", d: path });
  const name = masked ? "lens-cell-wire lens-cell-bypass" : "lens-cell-wire";
  const wire = svgPiece("g", { class: name, "data-colour": colour, "data-from": from }, line);
  if (arrow) wire.append(svgPiece("path", { class: "lens-cell-arrow", d: `M${arrow}l${-ARROW.long} ${-ARROW.half}v${2 * ARROW.half}z` }));
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
    return { parts: { activation }, inside: [svgBox("shape", [x - width / 2, y - height / 2, width, height], height / 2), activation] };
  }
  const circle = svgPiece("circle", { class: "lens-cell-shape", cx: x, cy: y, r: CIRCLE });
  const reach = svgPiece("circle", { class: "lens-cell-reach", cx: x, cy: y, r: CIRCLE + REACH });
  return { parts: {}, inside: [reach, circle, svgText("sign", x, y, sign)] };
}

/** A name with its number under it, and the room around both to point at. */
function makeLabel([x, y, anchor]) {
  const share = { start: 0, middle: 0.5, end: 1 }[anchor];
  const name = svgText("name", x, y);
  const number = svgText("number", x, y + LABEL.number);
  const left = x - share * LABEL.wide + (1 - 2 * share) * -LABEL.beside;
  const room = svgBox("reach", [left, y - LABEL.above, LABEL.wide, LABEL.high], 6);
  const label = svgPiece("g", { class: "lens-cell-label", "text-anchor": anchor }, room, name, number);
  return { parts: { name, number }, inside: [label] };
}

const MAKERS = { gate: makeGate, circle: makeOperation, pill: makeOperation, port: () => ({ parts: {}, inside: [] }) };

function makePart(part) {
  const { node, kind, from, label } = part;
  const made = MAKERS[kind](part);
  const beside = label ? makeLabel(label) : { parts: {}, inside: [] };
  const group = svgPiece("g", {
    class: "lens-cell-part", role: "button", tabindex: 0, "aria-controls": "lens-cell-panel",
    "data-node": node, "data-kind": kind, "data-colour": colourOf(node), "data-from": from,
  }, ...made.inside, ...beside.inside);
  return { ...part, group, ...made.parts, ...beside.parts };
}

/** Write a name, condensed if it is too long for the room. */
function writeWithin(label, name, width) {
  write(label, name);
  if (name.length > NAME.characters) setAttributes(label, { textLength: width - NAME.margin, lengthAdjust: "spacingAndGlyphs" });
  else label.removeAttribute("textLength");
}

// ---- what a step says ----

/** A few numbers of x or of the h before, or the only one. */
function vectorInWords(count, value) {
  if (count === 1) return exactly(value(1));
  const few = Array.from({ length: Math.min(count, FEW) }, (_, k) => value(k + 1).toFixed(2));
  return [...few, ...(count > FEW ? ["…"] : [])].join(" ");
}

/** The names and numbers beside the parts. */
function labelsOf(P, t, words) {
  const symbols = symbolsOf(P, t);
  const many = (symbol, key, count) => (count === 1 ? symbol : `${symbol} · ${cellText(P, key, { count })}`);
  const names = {
    ...symbols, tanh_c: "",
    ...Object.fromEntries(GATES.map((gate) => [gate, `${symbols[gate]} ${cellText(P, gate)}`])),
    x: many(symbols.x, "features", P.features), h_before: many(symbols.h_before, "units", P.units),
  };
  const numbers = {
    ...words,
    x: vectorInWords(P.features, (k) => P.x(t, k)),
    h_before: vectorInWords(P.units, (j) => P.before("h", t, j)),
  };
  return { names, numbers };
}

/** The largest that c gets, at least 1: what the widest wire stands for. */
function reachOf(P) {
  let reach = 1;
  for (let t = 1; t <= P.steps; t += 1) for (let u = 1; u <= P.units; u += 1) {
    const size = Math.abs(P.value("c", t, u));
    if (size > reach && Number.isFinite(size)) reach = size;
  }
  return reach;
}

const MEMORY = new Set(["c", "c_before", "keep", "write"]);

/** How wide a wire is; inf and nan are as wide as can be. */
function widthOf(name, value, reach) {
  const share = Math.min(1, Math.abs(value) / (MEMORY.has(name) ? reach : 1));
  return WIRE.least + (WIRE.most - WIRE.least) * (share >= 0 ? share : 1);
}

/** Where a gauge begins and how long it is, as shares of its track. */
function gaugeOf(node, value) {
  const { from, unit } = GAUGES[node] ?? GATE_GAUGE;
  const end = clamp(from + unit * value, 0, 1) || 0;
  return { start: Math.min(from, end), long: Math.abs(end - from) };
}

// ---- the component ----

class Cell {
  constructor(parent, choose) {
    this.choose = choose;
    this.wires = WIRES.map((wire) => ({ ...wire, ...makeWire(wire) }));
    this.parts = PARTS.map(makePart);
    this.title = piece("h3", "title");
    this.panel = new Panel(() => this.showPanel());
    this.panel.root.id = "lens-cell-panel";
    this.svg = svgPiece(
      "svg", { class: "lens-cell-diagram", viewBox: `0 0 ${VIEW.width} ${VIEW.height}`, role: "group" },
      ...makeInputs(), ...this.wires.map(({ wire }) => wire), ...this.parts.map(({ group }) => group),
    );
    this.root = piece("section", "inside", this.title, piece("div", "body", this.svg, this.panel.root));
    this.listen();
    parent.append(this.root);
  }

  // -- pointing --

  listen() {
    const { svg } = this;
    const nodeOf = ({ target }) => target.closest?.("[data-node]")?.dataset.node ?? null;
    svg.addEventListener("pointerover", (event) => event.pointerType === "mouse" && this.point(nodeOf(event)));
    svg.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && this.point(null));
    svg.addEventListener("focusin", (event) => event.target.matches(":focus-visible") && this.point(nodeOf(event)));
    svg.addEventListener("focusout", () => this.point(null));
    svg.addEventListener("click", (event) => this.hold(nodeOf(event)));
    svg.addEventListener("keydown", (event) => this.press(event, nodeOf(event)));
  }

  /** Show a part as long as it is pointed at, then again what was chosen before. */
  point(node) {
    if (node && !this.pointed) this.chosen = this.shown?.S.node ?? null;
    if (node || this.pointed) this.tell(node ?? this.chosen);
    this.pointed = node;
  }

  /** A click or a key chooses a part; the second one on the same part lets it go. */
  hold(node) {
    if (!node) return;
    this.chosen = this.pointed === node && this.chosen === node ? null : node;
    this.pointed ??= node;
    this.tell(this.chosen);
  }

  press(event, node) {
    if (!["Enter", " ", "Escape"].includes(event.key) || !node) return;
    event.preventDefault();
    event.stopPropagation(); // the picture's own keys: space plays
    if (event.key !== "Escape") return this.hold(node);
    this.chosen = null;
    this.tell(null);
  }

  tell(node) {
    if (node !== (this.shown?.S.node ?? null)) this.choose({ node });
  }

  // -- drawing --

  /** Draw the cell of the payload P for S = {step, unit, node}; in a play, only as far as `phase`. */
  show(P, S, phase = 0) {
    if (P !== this.shown?.P) this.take(P);
    const cell = cellOf(P, S.step, S.unit);
    const words = cellInWords(cell);
    this.shown = { P, S, cell, words };
    mark(this.svg, "phase", String(phase));
    mark(this.svg, "masked", cell.masked ? "" : null);
    write(this.title, cellText(P, "title", S));
    this.showWires(cell);
    this.showParts(labelsOf(P, S.step, words), cell, S.node);
    this.showPanel();
  }

  /** What stays the same from step to step. */
  take(P) {
    this.reach = reachOf(P);
    for (const [quantity, colour] of Object.entries(P.colours)) this.root.style.setProperty(`--lens-cell-${quantity}`, colour);
    this.svg.setAttribute("aria-label", cellText(P, "diagram"));
    for (const { node, activation, width } of this.parts) {
      if (activation) writeWithin(activation, node === "candidate" || node === "tanh_c" ? P.activation : P.recurrentActivation, width);
    }
  }

  showWires(cell) {
    for (const { line, value } of this.wires) line.style.strokeWidth = widthOf(value, cell[value], this.reach);
  }

  showParts({ names, numbers }, cell, pointed) {
    for (const { node, group, name, number, gauge, track } of this.parts) {
      if (name) write(name, names[node]);
      if (number) write(number, numbers[node]);
      if (gauge) {
        const { start, long } = gaugeOf(node, cell[node]);
        gauge.style.transform = `translateX(${start * track}px)`;
        gauge.style.width = `${long * track}px`;
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
    this.panel.show(P, panelOf(P, S, cell, words, this.panel.all));
  }
}

/** The inside of the cell, added to `parent`. `choose({node})` is called when a part is pointed at, or none. */
const makeCell = (parent, choose) => new Cell(parent, choose);
