// A layer's weights as blocks: a row of them for each array, one below the other on common columns, one for each gate.
// Pure functions of the picture's data and the geometry G.

// In pixels
const NUMBER_MOST = 36; // of one number of a weight, where there are few
const NUMBER_DRAWN = 6; // with a line around it, from this size up
const GATE_LEAST = 58;
const HEIGHT = 300; // of all arrays together, as far as they are to scale
const LINE = 16; // of text
const BLOCK_LEAST = { one: 22, two: 38, named: 20 }; // with a line of text, with two, for each row that has a name
const HEAD = 46; // gates' names and their columns' brace
const NAME = 26; // above an array, its name
const GAP = 4; // between two gates
const EDGE = { left: 10, brace: 6, foot: 6 };
const INSET = 4; // from a block's sides to its texts
const FONT = { text: 12, letter: 7.3 }; // as in parameters.css; a letter of code

const line = (name, d) => ["path", { class: name, d }];
const text = (name, x, y, content, more = {}) => ["text", { class: name, x, y, ...more }, content];

/** What stands in a block: its name and size, `inOne` line or in two; of several rows each in a line. */
function linesOf({ letters, size }, gate, inOne) {
  const names = letters.map((letter) => `${letter}_${gate.letter}`);
  return inOne || names.length > 1 ? names.map((name) => `${name}  ${size}`) : [names[0], size];
}

/**
 * Where the blocks stand in a picture of this width: to scale, and no smaller than can be read.
 * @param {ParametersData} data
 * @param {number} width
 * @param {Ruler} wide
 */
export function layOut({ gates, tensors, units }, width, wide) {
  const names = tensors.flatMap((tensor) => [...tensor.rowNames, String(tensor.rows)]);
  const left = Math.ceil(Math.max(...names.map((name) => wide(name, FONT.text)))) + EDGE.left + EDGE.brace;
  const room = (width - left - 1 - GAP * (gates.length - 1)) / gates.length; // of a gate
  const rows = tensors.reduce((sum, tensor) => sum + tensor.rows, 0);
  const scale = Math.min(NUMBER_MOST, room / units, HEIGHT / rows);
  const gate = Math.max(scale * units, Math.min(GATE_LEAST, room));
  let top = HEAD;
  const placed = tensors.map((tensor) => {
    const inOne = gates.every((one) => wide(linesOf(tensor, one, true)[0], FONT.text, 600) <= gate - 2 * INSET);
    const named = tensor.rowNames.length > 1 ? BLOCK_LEAST.named * tensor.rowNames.length : 0;
    const height = Math.max(scale * tensor.rows, BLOCK_LEAST[inOne ? "one" : "two"], named);
    const y = top + NAME;
    top = y + height;
    return { ...tensor, y, height, inOne };
  });
  const exact = gate === scale * units && placed.every(({ height, rows: count }) => height === scale * count);
  return {
    room: width, height: top + EDGE.foot, left, gate, tensors: placed, exact,
    x: (k) => left + k * (gate + GAP),
  };
}

/** Lines between the numbers of a block, where they are large enough to be counted. */
function numbers(x, { y, height, rows }, gate, units) {
  const [across, down] = [gate / units, height / rows];
  if (Math.min(across, down) < NUMBER_DRAWN) return [];
  const columns = Array.from({ length: units - 1 }, (_, k) => `M${x + (k + 1) * across} ${y}v${height}`);
  const between = Array.from({ length: rows - 1 }, (_, k) => `M${x} ${y + (k + 1) * down}h${gate}`);
  return [line("numbers", [...columns, ...between].join(""))];
}

/** A gate with its block in each array. */
function drawGate(gate, k, /** @type {ParametersData} */ data, G, lit) {
  const x = G.x(k);
  const middle = x + G.gate / 2;
  const within = { "data-room": G.gate - 2 * INSET };
  const blocks = G.tensors.flatMap((tensor) => {
    const { y, height } = tensor;
    const lines = linesOf(tensor, gate, tensor.inOne);
    const apart = tensor.letters.length > 1 ? height / lines.length : LINE;
    return [
      ["rect", { class: "block", "data-tensor": tensor.name, x, y, width: G.gate, height, rx: 3 }],
      ...numbers(x, tensor, G.gate, data.units),
      ...lines.map((written, row) => text(row && tensor.letters.length === 1 ? "block-size" : "block-name", middle,
        y + height / 2 + (row - (lines.length - 1) / 2) * apart, written, within)),
    ];
  });
  const look = {
    class: "gate", role: "button", tabindex: 0, "aria-pressed": String(gate.name === lit), "aria-label": gate.said,
    "data-gate": gate.name, style: `--quantity: ${gate.colour}`,
  };
  return ["g", look, [
    ["rect", { class: "reach", x, y: 0, width: G.gate, height: G.height - 2, rx: 4 }],
    text("symbol", middle, 14, gate.symbol),
    text("columns", middle, 32, data.text.columns, within),
    line("brace", `M${x + 1} ${HEAD - 1}v-5h${G.gate - 2}v5`),
    ...blocks,
  ]];
}

/** An array's name, shape and count above its blocks, and its rows beside them. */
function drawTensor({ name, shape, count, rows, rowNames, y, height }, G) {
  const beside = G.left - EDGE.left - EDGE.brace;
  const part = height / rowNames.length;
  const labels = rowNames.flatMap((row, k) => {
    const middle = y + (k + 0.5) * part;
    if (rowNames.length > 1) return [text("rows", beside, middle, row)];
    return row ? [text("rows count", beside, middle - LINE / 2, String(rows)), text("rows", beside, middle + LINE / 2, row)] : [];
  });
  const brace = rowNames[0] && rowNames.length === 1 ? [line("brace", `M${G.left - EDGE.brace} ${y + 1}h-5v${height - 2}h5`)] : [];
  const long = FONT.letter * (name.length + shape.length + count.length) + 16;
  const title = ["text", { class: "tensor", x: Math.max(0, Math.min(G.left, G.room - long)), y: y - 8 }, [
    ["tspan", { class: "tensor-name" }, name], ["tspan", { dx: 8 }, shape], ["tspan", { dx: 8, class: "tensor-count" }, count]]];
  return [title, ...brace, ...labels];
}

/**
 * All of it; the blocks of the gate `lit`, if any, stand out.
 * @param {ParametersData} data
 * @returns {Part[]}
 */
export const drawBlocks = (data, G, lit) => [
  ...data.gates.map((gate, k) => drawGate(gate, k, data, G, lit)),
  ...G.tensors.flatMap((tensor) => drawTensor(tensor, G)),
];

/** The sum, each number with what it counts under it. */
export const drawFormula = (/** @type {ParametersData} */ { formula }) => formula.map(({ text: written, name }) => (
  name
    ? ["span", { class: "number" }, [["b", {}, written], ["small", {}, name]]]
    : ["span", { class: "sign" }, written]));
