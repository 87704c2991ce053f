// The picture of a layer's parameters: its blocks are to scale as far as they can be read, and fit into their width.

import assert from "node:assert/strict";
import test from "node:test";

import { drawBlocks, drawFormula, layOut } from "../../assets/components/parameters/blocks.js";

const wide = (text, size) => 0.6 * size * text.length;

/** A layer with two gates, as Python hands it over. */
function data(features, units, biasRows = 1) {
  const tensor = (name, letter, rows, rowNames, size) => ({ name, letters: rowNames.length > 1 ? [letter, `r${letter}`] : [letter], rows, rowNames, shape: "()", count: "0", size });
  return {
    units,
    gates: ["a", "b"].map((name) => ({ name, symbol: name, letter: name, colour: "#009E73", said: `gate ${name}` })),
    tensors: [
      tensor("kernel", "W", features, ["features"], `${features} × ${units}`),
      tensor("recurrent_kernel", "U", units, ["units"], `${units} × ${units}`),
      tensor("bias", "b", biasRows, biasRows === 1 ? [""] : ["input", "recurrent"], String(units)),
    ],
    formula: [{ text: "2", name: "gates" }, { text: "×" }],
    text: { columns: `units: ${units}` },
  };
}

const named = (parts, name) => parts.flatMap((part) => [
  ...(part[1].class === name ? [part] : []), ...(Array.isArray(part[2]) ? named(part[2], name) : [])]);

test("blocks of a layer that has room are to scale: a number is as wide as it is high", () => {
  const G = layOut(data(8, 32, 10), 1000, wide);
  assert.ok(G.exact);
  for (const { rows, height } of G.tensors) assert.ok(Math.abs(height / rows - G.gate / 32) < 1e-9);
});

test("no block is too small for its name and size, and none leaves the picture", () => {
  for (const [features, units] of [[3, 256], [256, 1], [1, 1], [256, 256]]) {
    for (const width of [300, 1000]) {
      const drawn = data(features, units, 2);
      const G = layOut(drawn, width, wide);
      assert.ok(!G.exact);
      const blocks = named(drawBlocks(drawn, G, null), "block");
      assert.equal(blocks.length, 6);
      for (const [, { x, y, width: across, height }] of blocks) {
        assert.ok(across >= 58 && height >= 22, `${across} × ${height}`);
        assert.ok(x >= 0 && x + across <= width && y + height <= G.height);
      }
    }
  }
});

test("arrays stand below each other and gates beside each other, without touching", () => {
  const drawn = data(3, 4);
  const blocks = named(drawBlocks(drawn, layOut(drawn, 600, wide), null), "block").map(([, place]) => place);
  const [first, second] = [blocks.slice(0, 3), blocks.slice(3)];
  for (const [k, block] of first.entries()) {
    assert.ok(block.x + block.width < second[k].x);
    assert.equal(block.y, second[k].y);
    if (k) assert.ok(first[k - 1].y + first[k - 1].height < block.y);
  }
});

test("numbers are drawn one by one where they can be counted, and not where they cannot", () => {
  const lines = (units, width) => {
    const drawn = data(units, units);
    return named(drawBlocks(drawn, layOut(drawn, width, wide), null), "numbers").length;
  };
  assert.equal(lines(4, 1000), 6);
  assert.equal(lines(256, 1000), 0);
});

test("each row of a second bias has its own name in the block", () => {
  const drawn = data(3, 4, 2);
  const names = named(drawBlocks(drawn, layOut(drawn, 600, wide), null), "block-name").map(([, , said]) => said);
  assert.deepEqual(names.slice(0, 4), ["W_a  3 × 4", "U_a  4 × 4", "b_a  4", "rb_a  4"]);
});

test("a gate is a button with its own sum, pressed where it is lit", () => {
  const drawn = data(3, 4);
  const gates = named(drawBlocks(drawn, layOut(drawn, 600, wide), "b"), "gate").map(([, look]) => look);
  assert.deepEqual(gates.map((look) => [look["data-gate"], look["aria-pressed"], look["aria-label"]]), [
    ["a", "false", "gate a"], ["b", "true", "gate b"]]);
});

test("a number of the formula has under it what it counts, and a sign has nothing", () => {
  assert.deepEqual(drawFormula(data(3, 4)), [
    ["span", { class: "number" }, [["b", {}, "2"], ["small", {}, "gates"]]],
    ["span", { class: "sign" }, "×"],
  ]);
});
