// Units against time steps: a cell for each step, a dot in it for each unit, and weights that only units make larger.

import assert from "node:assert/strict";
import test from "node:test";

import { code, drawCells, layOut, sentences } from "../../assets/components/units_steps/cells.js";

const DATA = {
  cell: "LSTM", features: 3, most: 12, rows: 4, begins: { units: 4, steps: 6 }, gates: ["#009E73", "#D55E00"], colour: "#56B4E9",
  parameters: Array.from({ length: 12 }, (_, k) => 1000 + k),
  text: {
    weights: "{parameters} weights", weights_note: "all {steps}", weights_note_one: "only", output: "out",
    output_is: "(1, {units}) (1, {steps}, {units})", parameters: "count", parameters_is: "{parameters}",
    units_is: "{units} numbers", units_is_one: "a number", steps_is: "{steps} times", steps_is_one: "once",
  },
};

const named = (parts, name) => parts.flatMap((part) => [
  ...(String(part[1].class).split(" ").includes(name) ? [part] : []), ...(Array.isArray(part[2]) ? named(part[2], name) : [])]);

const drawn = (units, steps, width = 800) => drawCells(DATA, { units, steps }, layOut(DATA, width));

test("there is a cell for each time step and in each a dot for each unit", () => {
  const cells = named(drawn(5, 7), "step");
  assert.equal(cells.length, 7);
  for (const cell of cells) assert.equal(named([cell], "unit").length, 5);
});

test("all cells are equal, and no cell is higher for more steps nor wider for more units", () => {
  const sizes = (units, steps) => new Set(named(drawn(units, steps), "cell").map(([, { width, height }]) => `${width} ${height}`));
  assert.deepEqual(sizes(5, 2), sizes(5, 12));
  const [[few], [many]] = [[...sizes(1, 3)], [...sizes(12, 3)]].map((all) => all.map((size) => size.split(" ").map(Number)));
  assert.equal(few[0], many[0]);
  assert.ok(few[1] < many[1]);
});

test("the weights are drawn once, as large for one step as for twelve, and larger for more units", () => {
  const weights = (units, steps) => named(drawn(units, steps), "weights").map(([, { width, height }]) => [width, height]);
  assert.equal(weights(4, 6).length, DATA.gates.length);
  assert.deepEqual(weights(4, 1), weights(4, 12));
  assert.ok(weights(4, 6)[0][0] < weights(5, 6)[0][0]);
});

test("at any width twelve steps and units stand inside the picture, and its height is one for all", () => {
  for (const width of [250, 1100]) {
    const G = layOut(DATA, width);
    for (const [, { x, y, width: across }] of named(drawn(12, 12, width), "cell")) assert.ok(x >= 0 && x + across <= width && y >= 0);
    assert.equal(G.height, layOut(DATA, width).height);
  }
});

test("what follows is said in the numbers that are chosen, and of one in other words than of several", () => {
  assert.deepEqual(sentences(DATA, { units: 2, steps: 1 }), [
    ["units = 2", "2 numbers"], ["timesteps = 1", "once"], ["out", "(1, 2) (1, 1, 2)"], ["count", "1,001"]]);
  assert.equal(sentences(DATA, { units: 1, steps: 9 })[0][1], "a number");
});

test("the code has units in the layer and steps in the shape of what it reads", () => {
  const said = code(DATA, { units: 10, steps: 3 }).map((part) => (Array.isArray(part) ? part[1] : part)).join("");
  assert.equal(said, "LSTM(10)(x)   # x.shape: (1, 3, 3)");
});
