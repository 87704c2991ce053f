// A stack as a grid: layers upward, time to the right, and every wire ends where its h goes.

import assert from "node:assert/strict";
import test from "node:test";

import { drawNames, drawRows, drawSteps, nameLines } from "../../assets/components/stack/grid.js";
import { keyMove, layOut, sizeOf } from "../../assets/components/stack/layout.js";

const SCALE = { zmin: -1, zmax: 1, colorscale: [[0, "#000000"], [1, "#ffffff"]] };
const WIDE = (text, size) => 0.6 * size * text.length;

/** A layer of a stack of `steps`, in one direction or two. */
function layer(steps, { turned = false, sequences = true, merge = null, both = false, masked = [], returned = "" } = {}) {
  const all = Array.from({ length: steps }, (_, k) => k + 1);
  const backwards = both ? [false, true] : [turned];
  return {
    name: both ? "Bidirectional(LSTM(2))" : "LSTM(2)", behind: "", sequences, merge, masked, zeros: both ? masked : [], returned,
    places: turned ? [...all].reverse() : all,
    directions: backwards.map((back) => ({ name: "", backwards: back, last: back ? 1 : steps, columns: 2, values: "" })),
  };
}

const data = (steps, layers, more = {}) => ({
  steps, layers, labels: null, front: "", head: null, opened: { layer: 0, direction: 0 }, colour: "#56B4E9", scale: SCALE, notes: [],
  text: { cell: "{name}, step {step}", masked: "masked", output: "output" }, ...more,
});

const PAINTING = { href: "", rows: 1, columns: 2 };
const paintsOf = ({ layers }) => ({ layers: layers.map(({ directions }) => directions.map(() => PAINTING)), head: PAINTING, predictions: [0.5], write: String });

function drawn(shown, width = 900) {
  const G = layOut(shown, width, sizeOf(width));
  return { G, parts: drawSteps(shown, G, paintsOf(shown), { step: 2, row: 0, cursor: 1 }, WIDE, [1, Math.min(shown.steps, 64)]) };
}

const named = (parts, name) => parts.flatMap((part) => [
  ...(String(part[1].class).split(" ").includes(name) ? [part] : []), ...(Array.isArray(part[2]) ? named(part[2], name) : [])]);

const cells = (parts) => named(parts, "cell").map(([, look, [[, box]]]) => ({ row: look["data-row"], step: look["data-step"], ...box }));

/** Where a path begins and ends. */
function ends({ d }) {
  const [x, y] = d.slice(1).split(/[A-Za-z ]/).map(Number);
  const end = { x, y };
  for (const [, kind, numbers] of d.matchAll(/([MVHCv])([-\d. ]+)/g)) {
    const values = numbers.trim().split(" ").map(Number);
    if (kind === "V") [end.y] = values;
    else if (kind === "H") [end.x] = values;
    else if (kind === "v") end.y += values[0];
    else [end.x, end.y] = values.slice(-2);
  }
  return [{ x, y }, end];
}

test("each layer and direction is a row of as many cells as there are steps, upward and to the right", () => {
  const { parts } = drawn(data(3, [layer(3), layer(3, { both: true, merge: "sum" }), layer(3)]));
  const all = cells(parts);
  assert.equal(all.length, 4 * 3);
  for (const cell of all) {
    const above = all.find(({ row, step }) => row === cell.row + 1 && step === cell.step);
    const after = all.find(({ row, step }) => row === cell.row && step === cell.step + 1);
    if (above) assert.ok(above.x === cell.x && above.y + above.height < cell.y);
    if (after) assert.ok(after.y === cell.y && after.x > cell.x + cell.width);
  }
});

test("all of a stack is inside its picture, on a phone too", () => {
  for (const width of [220, 900]) {
    const shown = data(5, [layer(5, { turned: true }), layer(5, { both: true, merge: "concat", sequences: false })], { labels: ["a", "b", "c", "d", "e"] });
    const { G, parts } = drawn(shown, width);
    for (const { x, y, width: across, height } of cells(parts)) assert.ok(x >= 0 && y >= 0 && x + across <= G.content && y + height <= G.height);
    for (const [, { y }] of [...named(parts, "step"), ...named(parts, "word")]) assert.ok(y <= G.height);
  }
});

test("the wires of a layer that reads backwards cross: each h arrives at the mirrored step", () => {
  const shown = data(4, [layer(4, { turned: true }), layer(4)]);
  const { G, parts } = drawn(shown);
  const crossed = named(parts, "crossed").map(([, path]) => ends(path));
  assert.deepEqual(crossed.map(([from, to]) => [G.stepAt(from.x), G.stepAt(to.x)]), [[1, 4], [2, 3], [3, 2], [4, 1]]);
  assert.equal(named(drawn(data(4, [layer(4), layer(4)])).parts, "crossed").length, 0);
});

test("where not all steps are seen at once, a wire that would cross says where it leads", () => {
  const { parts, G } = drawn(data(100, [layer(100, { turned: true }), layer(100)]));
  assert.ok(G.scrolls);
  assert.equal(named(parts, "crossed").length, 0);
  assert.deepEqual(named(parts, "leads").slice(0, 2).map(([, , said]) => said), ["→100", "→99"]);
});

test("a state's arrow comes from the left, or from the right where a row reads backwards", () => {
  const tips = (shown) => named(drawn(shown).parts, "chain").filter(([, { class: name }]) => name.includes("tip")).map(([, { d }]) => d.includes("l-8"));
  assert.deepEqual(tips(data(2, [layer(2)])), [true, true]);
  assert.deepEqual(tips(data(2, [layer(2, { turned: true })])), [false, false]);
  assert.deepEqual(tips(data(1, [layer(1, { both: true, merge: "sum" })])), [true, false]);
});

test("the states that a layer returns leave its row where it has read everything, inside the picture", () => {
  const shown = data(3, [layer(3), layer(3, { both: true, merge: "sum", returned: "h, c" })]);
  const G = layOut(shown, 900, "wide");
  const [forward, backward, ...more] = named(drawRows(shown, G), "returned").map(([, { class: name, x }, said]) => ({ name, x, said }));
  assert.deepEqual(more, []);
  assert.deepEqual([forward.said, backward.said], ["h, c", "h, c"]);
  const wide = 4 * 7.9; // "h, c", 13 px in the code font
  assert.ok(forward.x > G.chain[1] && forward.x + wide < G.content);
  assert.ok(backward.x < G.chain[0] && backward.x - wide > 0 && backward.name.includes("leftwards"));
  assert.ok(G.content <= 900);
});

test("both directions are merged at every step, or without sequences once, of the last forward and the first backward", () => {
  const merges = (sequences) => {
    const { G, parts } = drawn(data(4, [layer(4, { both: true, merge: "mul", sequences })]));
    return { G, parts, steps: named(parts, "merge").map(([, { x, width }]) => G.stepAt(x + width / 2)) };
  };
  assert.deepEqual(merges(true).steps, [1, 2, 3, 4]);
  const { G, parts, steps } = merges(false);
  assert.deepEqual(steps, [4]);
  const into = named(parts, "h").filter(([, { class: name }]) => name === "h").map(([, path]) => ends(path)).filter(([from]) => from.y > G.end + 40);
  assert.deepEqual(into.map(([from, to]) => [G.stepAt(from.x), G.stepAt(to.x)]), [[1, 4], [4, 4]]);
});

test("without merge_mode both directions leave side by side", () => {
  const { parts } = drawn(data(3, [layer(3, { both: true })]));
  assert.equal(named(parts, "merge").length, 0);
  assert.equal(named(parts, "h").filter(([, { class: name }]) => name === "h tip").length, 3 * 2);
});

test("a layer without sequences hands its last h to the head alone", () => {
  const head = { name: "Dense(1)", columns: 1, values: "", scale: SCALE };
  const { G, parts } = drawn(data(5, [layer(5), layer(5, { sequences: false })], { head }));
  assert.deepEqual(named(parts, "prediction").map(([, { x, width }]) => G.stepAt(x + width / 2)), [5]);
  assert.equal(named(parts, "number")[0][2], "0.5");
});

test("a masked cell has no strip: its state runs through it", () => {
  const { parts } = drawn(data(3, [layer(3, { masked: [2] })]));
  const [masked] = named(parts, "masked");
  assert.equal(masked[1]["aria-label"], "LSTM(2), step 2, masked");
  assert.deepEqual(masked[2].map(([tag]) => tag), ["rect", "path"]);
  assert.equal(named(parts, "strip-frame").length, 2);
});

test("a wire is dashed where it hands on zeros", () => {
  const zeros = (...layers) => named(drawn(data(4, layers)).parts, "zeros").map(([, path]) => ends(path)[0].x);
  const { G } = drawn(data(4, [layer(4)]));
  assert.deepEqual(zeros(layer(4, { both: true, merge: "sum", masked: [1, 3] }), layer(4)), [G.middle(1), G.middle(3)]);
  assert.deepEqual(zeros(layer(4, { masked: [1, 3] }), layer(4)), []);
});

test("the opened row is marked, its chosen step too, and one cell is where the Tab key comes to", () => {
  const shown = data(3, [layer(3), layer(3)], { opened: { layer: 1, direction: 0 } });
  const { G, parts } = drawn(shown);
  const [[, open]] = named(drawRows(shown, G), "open");
  assert.ok(open.y < G.rows[1].y && open.y + open.height > G.rows[1].bottom);
  assert.deepEqual(named(parts, "chosen").map(([, look]) => [look["data-row"], look["data-step"]]), [[1, 2]]);
  assert.deepEqual(named(parts, "cell").filter(([, { tabindex }]) => tabindex === 0).length, 1);
  assert.deepEqual(named(drawNames(shown, G, 80), "chosen").map(([, , said]) => said), ["LSTM(2)"]);
});

test("keys move from cell to cell and stop at the edges", () => {
  const shown = { steps: 4 };
  assert.deepEqual(keyMove(shown, 2, { row: 0, step: 1 }, "ArrowUp"), { row: 1, step: 1 });
  assert.deepEqual(keyMove(shown, 2, { row: 1, step: 1 }, "ArrowUp"), { row: 1, step: 1 });
  assert.deepEqual(keyMove(shown, 2, { row: 1, step: 4 }, "ArrowRight"), { row: 1, step: 4 });
  assert.deepEqual(keyMove(shown, 2, { row: 1, step: 2 }, "End"), { row: 1, step: 4 });
  assert.equal(keyMove(shown, 2, { row: 1, step: 2 }, "Enter"), undefined);
});

test("a name that wraps another has two lines, on a phone a long one too", () => {
  assert.deepEqual(nameLines("Bidirectional(GRU(8))", "wide"), ["Bidirectional(", "GRU(8))"]);
  assert.deepEqual(nameLines("Dense(1, sigmoid)", "wide"), ["Dense(1, sigmoid)"]);
  assert.deepEqual(nameLines("Dense(1, sigmoid)", "narrow"), ["Dense(1,", "sigmoid)"]);
});
