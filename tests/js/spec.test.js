// A cell's spec is all that the moving picture knows of a cell: another cell has its own names, terms and lines.

import assert from "node:assert/strict";
import test from "node:test";

import { panelOf } from "../../assets/components/lens/formula.js";
import { readPayload } from "../../assets/components/lens/payload.js";
import { cellInWords, cellOf } from "../../assets/components/lens/terms.js";

globalThis.matchMedia = () => ({ matches: false }); // the panel asks whether there is a mouse

const packed = (...numbers) => Buffer.from(Float32Array.from(numbers).buffer).toString("base64");

/** One unit over two steps of a cell with two gates and one state: h = z × h_before + n. */
const DATA = {
  steps: 2, units: 1, features: 1, backwards: false, masked: [], activation: "tanh", recurrentActivation: "sigmoid",
  spec: {
    name: "Two",
    gates: [
      { name: "z", symbol: "z", letter: "z", activation: "recurrent_activation" },
      { name: "n", symbol: "n~", letter: "n", activation: "activation" },
    ],
    gatesInCell: ["n", "z"],
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

function panel(node, step = 2) {
  const P = readPayload(DATA);
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
