// A cell's spec is all that the moving picture knows of a cell: another cell has its own names, terms and lines.

import assert from "node:assert/strict";
import test from "node:test";

import { panelOf } from "../../assets/components/lens/formula.js";
import { readPayload } from "../../assets/components/lens/payload.js";
import { cellInWords, cellOf } from "../../assets/components/lens/terms.js";

globalThis.matchMedia = () => ({ matches: false }); // the panel asks whether there is a mouse

const packed = (...numbers) => Buffer.from(Float32Array.from(numbers).buffer).toString("base64");

const READS_H = { reads: "h_before", reset: "", product: "" };

/** One unit over two steps of a cell with two gates and one state: h = z × h_before + n. */
const DATA = {
  steps: 2, units: 1, features: 1, backwards: false, masked: [], held: [], free: null, activation: "tanh", recurrentActivation: "sigmoid",
  spec: {
    name: "Two",
    gates: [
      { name: "z", symbol: "z", letter: "z", activation: "recurrent_activation", ...READS_H },
      { name: "n", symbol: "n~", letter: "n", activation: "activation", ...READS_H },
    ],
    gatesInCell: ["n", "z"],
    biasRows: 1,
    states: ["h"],
    statesDrawn: ["h"],
    equations: {
      old: { right: ["z", "×", "h_before"], activation: null, traced: false },
      h: { right: ["old", "+", "n"], activation: null, traced: true },
    },
  },
  values: { x: packed(1, 2), z: packed(0.5, 0.25), n: packed(0.5, 1), h: packed(0.5, 1.125) },
  before: { h: packed(0) },
  kernel: packed(3, 4), recurrent: packed(5, 6), bias: packed(7, 8), inputMask: null, recurrentMask: null,
  text: { cell: { old: "old", hint: "", adds_up: "", n_is: "n", z_is: "z", h_is: "h", old_is: "old" } },
};

const said = (lines) => lines.map((line) => line.map((token) => token.text ?? token).join(""));

function panel(node, step = 2, data = DATA) {
  const P = readPayload(data);
  const cell = cellOf(P, step, 1);
  return panelOf(P, { step, unit: 1, node }, cell, cellInWords(P.spec, cell), false);
}

test("weights are found in the columns of the spec's own gates", () => {
  const P = readPayload(DATA);
  assert.deepEqual(["z", "n"].map((gate) => P.kernel(gate, 1, 1)), [3, 4]);
  assert.deepEqual(["z", "n"].map((gate) => P.recurrent(gate, 1, 1)), [5, 6]);
  assert.deepEqual(["z", "n"].map((gate) => P.bias(gate, 1)), [7, 8]);
});

test("the numbers of a step are the trace's, the states before it, and the products of the spec", () => {
  const { numbers } = cellOf(readPayload(DATA), 2, 1);
  assert.deepEqual(numbers, { z: 0.25, n: 1, h: 1.125, h_before: 0.5, old: 0.125 });
});

test("a gate goes through the activation that its spec names, with its own letter at its weights", () => {
  assert.equal(said(panel("n").lines)[0], "n~ = tanh(x₂·W_n + h₁·U_n + b_n)");
  assert.equal(said(panel("z").lines)[0], "z = sigmoid(x₂·W_z + h₁·U_z + b_z)");
});

test("a state is made as its equation says", () => {
  assert.deepEqual(said(panel("h").lines), ["h₂ = old + n~", "= 0.1250 + 1.0000 = 1.1250"]);
  assert.deepEqual(said(panel("old").lines), ["old = z × h₁", "= 0.2500 × 0.5000 = 0.1250"]);
});

test("without a part the gates stand as in the cell, and products are written out", () => {
  const lines = said(panel(null).lines);
  assert.deepEqual(lines.map((line) => line.split(" ")[0]), ["n~", "z", "h₂", "="]);
  assert.equal(lines[2], "h₂ = z × h₁ + n~");
});

// ---- a reset gate, two biases, and the rest of a share ----

const flat = (right, traced) => ({ right, activation: null, traced });
const gate = (name, symbol, letter, more) => ({ name, symbol, letter, activation: "recurrent_activation", ...READS_H, ...more });

const PARTS = ["h_own", "h_before", "z", "r", "h_recurrent", "reset", "h_reset", "h_tilde", "1-z", "write"];
const WHAT = Object.fromEntries(PARTS.map((node) => [`${node}_is`, ""]));

/** One unit and feature of a GRU at one step: x is 1, h before is 2, and h R of the candidate is 2 × 6 = 12. */
function gru(made, { candidate, reset, biasRows, bias }) {
  return {
    ...DATA, steps: 1, activation: "linear",
    spec: {
      name: "GRU", biasRows, states: ["h"], statesDrawn: ["h"], gatesInCell: ["z", "r", "h_tilde"],
      gates: [gate("z", "z", "z"), gate("r", "r", "r"), gate("h_tilde", "h~", "h", { activation: "activation", ...candidate })],
      equations: {
        ...reset,
        keep: flat(["z", "×", "h_before"], false), write: flat(["1-z", "×", "h_tilde"], false), h: flat(["keep", "+", "write"], true),
      },
    },
    values: { x: packed(1), z: packed(0.25), r: packed(0.5), ...made },
    before: { h: packed(2) }, kernel: packed(3, 4, 5), recurrent: packed(4, 5, 6), bias,
    text: { cell: { ...WHAT, keep: "keep", write: "write", "1-z": "1 − z", reset: "recall", h_reset: "recall", adds_up: "", hint: "" } },
  };
}

const AFTER = gru(
  { h_recurrent: packed(42), h_tilde: packed(29), h: packed(22.25) },
  {
    candidate: { reset: "r", product: "h_recurrent" }, reset: { reset: flat(["r", "×", "h_recurrent"], false) },
    biasRows: 2, bias: packed(1, 2, 3, 10, 20, 30),
  },
);
const BEFORE = gru(
  { h_reset: packed(1), h_tilde: packed(14), h: packed(11) },
  { candidate: { reads: "h_reset" }, reset: { h_reset: flat(["r", "×", "h_before"], true) }, biasRows: 1, bias: packed(1, 2, 3) },
);

test("a gate that is reset after has both biases in its sum, the recurrent one within what is reset", () => {
  const { lines, groups } = panel("h_tilde", 1, AFTER);
  assert.deepEqual(said(lines), [
    "h~ = linear(x₁·W_h + b_h + r × (h₀·U_h + rb_h))",
    "= linear(5.0000 + 3.0000 + 0.5000 × (12.0000 + 30.0000))",
    "= linear(29.0000) = 29.0000",
  ]);
  assert.deepEqual(groups.map(({ title, tensor, sum }) => [title, tensor, sum]), [
    ["x₁·W_h", "kernel", "5.0000"], ["b_h", "bias[0]", "3.0000"], ["r × (h₀·U_h + rb_h)", "", "21.0000"],
  ]);
  const [{ label, value, weight, product }] = groups[2].terms;
  assert.deepEqual([label, value, weight, product], ["r", "0.5000", "42.0000", "21.0000"]);
});

test("the other gates add each bias to its own product", () => {
  assert.equal(said(panel("z", 1, AFTER).lines)[0], "z = sigmoid(x₁·W_z + b_z + h₀·U_z + rb_z)");
  assert.equal(said(panel("r", 1, AFTER).lines)[1], "= sigmoid(4.0000 + 2.0000 + 10.0000 + 20.0000)");
});

test("what is reset has a formula of its own, with its own bias", () => {
  const { lines, groups } = panel("h_recurrent", 1, AFTER);
  assert.deepEqual(said(lines), ["h₀·U_h + rb_h", "= 12.0000 + 30.0000 = 42.0000"]);
  assert.deepEqual(groups.map(({ title, tensor, sum }) => [title, tensor, sum]), [
    ["h₀·U_h", "recurrent_kernel", "12.0000"], ["rb_h", "bias[1]", "30.0000"],
  ]);
  assert.deepEqual(said(panel("reset", 1, AFTER).lines), ["recall = r × (h₀·U_h + rb_h)", "= 0.5000 × 42.0000 = 21.0000"]);
});

test("without a bias neither row of it is said", () => {
  const P = { ...AFTER, bias: null, values: { ...AFTER.values, h_recurrent: packed(12), h_tilde: packed(11) } };
  assert.deepEqual(said(panel("h_tilde", 1, P).lines), [
    "h~ = linear(x₁·W_h + r × (h₀·U_h))", "= linear(5.0000 + 0.5000 × (12.0000))", "= linear(11.0000) = 11.0000",
  ]);
  assert.deepEqual(said(panel("h_recurrent", 1, P).lines), ["h₀·U_h", "= 12.0000"]);
});

test("a gate that is reset before multiplies its weights with what r leaves of h", () => {
  const { lines, groups } = panel("h_tilde", 1, BEFORE);
  assert.deepEqual(said(lines), [
    "h~ = linear(x₁·W_h + (r × h₀)·U_h + b_h)", "= linear(5.0000 + 6.0000 + 3.0000)", "= linear(14.0000) = 14.0000",
  ]);
  const [{ label, value, weight, product }] = groups[1].terms;
  assert.deepEqual([label, value, weight, product], ["r×h1", "1.0000", "6.0000", "6.0000"]);
  assert.deepEqual(said(panel("h_reset", 1, BEFORE).lines), ["recall = r × h₀", "= 0.5000 × 2.0000 = 1.0000"]);
});

test("the rest of a share is what it leaves of 1", () => {
  assert.deepEqual(said(panel("1-z", 1, AFTER).lines), ["1 − z", "= 1 − 0.2500 = 0.7500"]);
  assert.deepEqual(said(panel("write", 1, AFTER).lines), ["write = (1 − z) × h~", "= 0.7500 × 29.0000 = 21.7500"]);
  assert.deepEqual(said(panel(null, 1, AFTER).lines).slice(-2), [
    "h₁ = z × h₀ + (1 − z) × h~", "= 0.2500 × 2.0000 + 0.7500 × 29.0000 = 22.2500",
  ]);
  const shown = cellInWords({ rests: ["1-z"], sums: [] }, { numbers: { z: 0.83335, "1-z": 0.16665 }, masked: false });
  assert.equal(Math.round(1e4 * Number(shown.z)) + Math.round(1e4 * Number(shown["1-z"])), 1e4);
});

test("a unit's own h stands beside that of all units", () => {
  assert.deepEqual(said(panel("h_own", 1, AFTER).lines), ["h₀ = 2.0000"]);
  assert.equal(panel("h_before", 1, AFTER).groups[0].terms[0].product, "2.0000");
});
