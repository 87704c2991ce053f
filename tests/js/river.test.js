// The river's geometry: how high it is, where it turns, what flows in and leaks out; all from the numbers of a payload.

import assert from "node:assert/strict";
import test from "node:test";

import { readPayload } from "../../assets/components/lens/payload.js";
import { layerGeometry } from "../../assets/components/lens/layer.js";
import { brief, drawRiver, drawRiverSteps, flowOf, highOf, riverGeometry, signed, throughStep } from "../../assets/components/lens/river.js";
import { drawRiverStart } from "../../assets/components/lens/river_start.js";

const packed = (...numbers) => Buffer.from(Float32Array.from(numbers).buffer).toString("base64");
const gate = (name) => ({ name, symbol: name, letter: name, activation: "recurrent_activation", reads: "h_before", reset: "", product: "" });

/** One unit over four steps whose memory goes 0, 1, 1.5, -0.5, -0.5; the last step is masked. */
const DATA = {
  steps: 4, units: 1, features: 1, backwards: false, masked: [4], labels: ["a", "b", "c", "d"], outputs: [], start: "zeros", call: 1,
  activation: "tanh", recurrentActivation: "sigmoid", reach: [2], says: null, held: [], free: null,
  spec: {
    name: "LSTM", gates: [gate("i"), gate("f"), gate("candidate")], gatesInCell: ["f", "i", "candidate"], biasRows: 1,
    states: ["h", "c"], statesDrawn: ["c", "h"],
    equations: {
      keep: { right: ["f", "×", "c_before"], activation: null, traced: false },
      write: { right: ["i", "×", "candidate"], activation: null, traced: false },
      c: { right: ["keep", "+", "write"], activation: null, traced: true },
      h: { right: ["c"], activation: null, traced: true },
    },
  },
  values: {
    x: packed(1, 2, 3, 4), i: packed(1, 1, 1, 1), f: packed(0.5, 0.5, 1, 0.5), candidate: packed(1, 1, -2, 1),
    c: packed(1, 1.5, -0.5, -0.5), h: packed(1, 1.5, -0.5, -0.5),
  },
  before: { c: packed(0), h: packed(0) },
  kernel: packed(1, 1, 1), recurrent: packed(1, 1, 1), bias: null, inputMask: null, recurrentMask: null,
  colours: { c: "#E69F00", i: "#009E73", f: "#D55E00", x: "#555555", h: "#56B4E9" },
  text: { layer: { step: "step {step}", masked: "masked", written: "written", dropped: "dropped", negative: "below 0" }, cell: {}, move: {} },
};

const wide = (words, size) => (words.length * size) / 2;
const pictureOf = (more = {}) => readPayload({ ...DATA, ...more });
const geometryOf = (P, width = 480) => layerGeometry(P, width, "wide", wide);
const steps = (P, G = geometryOf(P)) => drawRiverSteps(P, G, riverGeometry(P, 1, false), {}, 1, [1, P.steps], "id");
const inside = (part) => [part, ...(Array.isArray(part[2]) ? part[2].flatMap(inside) : [])];
const classed = (part, name) => inside(part).filter(([, { class: given }]) => given?.split(" ").includes(name));
const said = (part, name) => classed(part, name).map(([, , words]) => words);

/** The corners of a path: where each of its commands ends. */
const corners = (path) => [...path.matchAll(/[MLHC]([^MLHCz]+)/g)].map(([, numbers]) => numbers.trim().split(" ").map(Number).slice(-2));

test("the river is as high as the memory is large, and no number is higher than its room", () => {
  const R = { half: 40, reach: 2 };
  assert.deepEqual([0, 1, -1, 2, 9, Infinity, -Infinity, NaN].map((value) => highOf(value, R)), [0, 40, 40, 80, 80, 80, 80, 80]);
});

test("it comes into a step as high as the memory was and leaves it as high as it is then, level at both ends", () => {
  const P = pictureOf();
  const R = riverGeometry(P, 1, false);
  const { above, below } = throughStep({ from: 1, to: 1.5 }, 60, 1, 120, R);
  const scale = R.half / R.reach;
  assert.equal(below, "");
  const upper = corners(above).slice(0, 2);
  assert.deepEqual(upper[0], [0, R.centre - scale]);
  assert.match(above, new RegExp(`^M0 ${R.centre - scale}H31\\.2\\d*C60 ${R.centre - scale} 60 ${R.centre - 1.5 * scale} 88.8 ${R.centre - 1.5 * scale}H120L120 ${R.centre + 1.5 * scale}`));
});

test("where the sign changes it runs dry in the middle, and what is below 0 is apart", () => {
  const R = riverGeometry(pictureOf(), 1, false);
  const { above, below } = throughStep({ from: 1, to: -2 }, 60, 1, 120, R);
  assert.ok(corners(above).some(([x, y]) => x === 60 && y === R.centre));
  assert.ok(below.startsWith(`M60 ${R.centre}`));
  const turned = throughStep({ from: -2, to: 1 }, 60, 1, 120, R);
  assert.ok(turned.below.startsWith(`M0 ${R.centre - R.half}`));
  assert.ok(turned.above.startsWith(`M60 ${R.centre}`));
});

test("a layer that reads backwards has its river run from right to left", () => {
  const R = riverGeometry(pictureOf(), 1, false);
  assert.ok(throughStep({ from: 2, to: 1 }, 60, -1, 120, R).above.startsWith(`M120 ${R.centre - R.half}`));
});

test("what was there, less what is dropped, and what is written make what is there then", () => {
  const P = pictureOf();
  assert.deepEqual(flowOf(P, 2, 1), { from: 1, to: 1.5, dropped: 0.5, written: 1 });
  assert.deepEqual(flowOf(P, 3, 1), { from: 1.5, to: -0.5, dropped: 0, written: -2 });
  assert.deepEqual(flowOf(P, 4, 1), { from: -0.5, to: -0.5 }); // masked: nothing flows
});

test("numbers have two decimals, what is added has its sign, and nothing is -0", () => {
  assert.deepEqual([0.444, -0.001, 1234, NaN].map(brief), ["0.44", "0.00", "1e3", "nan"]);
  assert.deepEqual([0.444, -0.444, -0.001, 0].map(signed), ["+0.44", "-0.44", "+0.00", "+0.00"]);
});

test("each step says its memory and what was written, and what was dropped where there is any", () => {
  const [first, second, third, fourth] = steps(pictureOf());
  assert.deepEqual([first, second, third, fourth].map((part) => said(part, "value")[0]), ["1.00", "1.50", "-0.50", "-0.50"]);
  assert.deepEqual([first, second, third, fourth].map((part) => said(part, "gain")[0]), ["+1.00", "+1.00", "-2.00", undefined]);
  assert.deepEqual([first, second, third].map((part) => classed(part, "out").length), [0, 1, 0]);
  assert.deepEqual([classed(fourth, "stream").length, said(fourth, "skipped")], [0, ["masked"]]);
  assert.deepEqual(said(second, "input-word"), ["b"]);
});

test("streams are to the river's scale: what is written is as wide as it makes the river higher", () => {
  const P = pictureOf();
  const R = riverGeometry(P, 1, false);
  const parts = steps(P, geometryOf(P, 800));
  const [stream] = classed(parts[0], "in");
  assert.equal(stream[1]["stroke-width"], highOf(1, R));
  assert.equal(stream[1].stroke, "url(#id-joins)");
  const less = pictureOf({ values: { ...DATA.values, candidate: packed(1, -0.25, 1, 1), c: packed(1, 0.25, 1, 1) } });
  assert.equal(classed(steps(less)[1], "in")[0][1].stroke, "url(#id-cancels)");
});

test("what is below 0 is hatched, not in another colour alone", () => {
  const P = pictureOf();
  const parts = drawRiver(P, geometryOf(P), riverGeometry(P, 1, false), 1, [1, 4], "id");
  const [hatched] = parts.filter(([, { class: name }]) => name === "hatched");
  assert.equal(hatched[1].fill, "url(#id-below)");
  assert.ok(hatched[1].d.length > 0);
  const positive = drawRiver(P, geometryOf(P), riverGeometry(P, 1, false), 1, [1, 2], "id");
  assert.equal(positive.find(([, { class: name }]) => name === "hatched")[1].d, "");
});

test("what the model says stands above its steps, with a bar where it is a share", () => {
  const says = { label: "says closed", steps: [null, { text: "12 %", share: 0.12 }, { text: "3.4", share: null }, { text: "all", share: 1 }] };
  const P = pictureOf({ says });
  const parts = steps(P);
  assert.deepEqual(parts.map((part) => said(part, "saying")[0]), [undefined, "12 %", "3.4", "all"]);
  assert.deepEqual(parts.map((part) => classed(part, "saying-bar").length), [0, 1, 0, 1]);
  const R = riverGeometry(P, 1, false);
  assert.equal(classed(parts[3], "saying-bar")[0][1].height, R.most);
  assert.ok(R.half < riverGeometry(pictureOf(), 1, false).half); // it makes room
  assert.deepEqual(drawRiverStart("left", 92, P, R, 1, "id", wide).flatMap((part) => said(part, "says")), ["says closed"]);
});

test("what the colours mean stands under the start, where there is room for all of it and gates decide", () => {
  const P = pictureOf();
  const R = riverGeometry(P, 1, false);
  const key = (side, width) => drawRiverStart(side, width, P, R, 1, "id", wide).filter(([, { class: name }]) => name === "key");
  const { written, dropped, negative } = P.text.layer;
  assert.deepEqual(key("left", 92).map(([, , words]) => words), [written, dropped, negative]);
  assert.equal(key("left", 92).at(-1)[1].y, R.step);
  assert.deepEqual(key("left", 40), []);
  const swatches = classed(["g", {}, drawRiverStart("left", 92, P, R, 1, "id", wide)], "stream-key");
  assert.deepEqual(swatches.map(([, { fill }]) => fill), [P.colours.i, P.colours.f]);
  assert.ok(key("right", 92).every(([, { x }]) => x < 92 - 10)); // beside its swatch, which stands at the edge
});

test("numbers that are not here yet are not drawn", () => {
  const values = Object.fromEntries(Object.keys(DATA.values).map((name) => [name, packed(1, 1)]));
  const P = pictureOf({ sent: { steps: [1, 2], first: 1, last: 1 }, values, masked: [] });
  const parts = steps(P);
  assert.deepEqual(parts.map((part) => said(part, "value").length), [1, 1, 0, 0]);
  const path = drawRiver(P, geometryOf(P), riverGeometry(P, 1, false), 1, [1, 4], "id").find(([, { class: name }]) => name === "river")[1].d;
  assert.equal(path.split("M").length - 1, 2);
});

test("a window that is not high has a river that is lower", () => {
  const P = pictureOf();
  assert.ok(riverGeometry(P, 1, false).height <= 250);
  assert.ok(riverGeometry(P, 1, true).height <= 195);
});
