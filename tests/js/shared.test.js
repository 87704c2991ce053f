// What all pictures share: packed arrays, colours, small texts.

import assert from "node:assert/strict";
import test from "node:test";

import { cellColour, inkOn, luminance, inScheme } from "../../assets/components/shared/colours.js";
import { clamp, decode, subscript } from "../../assets/components/shared/numbers.js";
import { fitted, placeNames } from "../../assets/components/timeline/parts.js";

test("an array comes out as Python packed it", () => {
  assert.deepEqual(decode({ bdata: "AAAAPwAAgL8=" }), Float32Array.from([0.5, -1]));
});

test("a number beyond a bound becomes that bound", () => {
  assert.deepEqual([-1, 0.5, 2].map((value) => clamp(value, 0, 1)), [0, 0.5, 1]);
});

test("every digit of a step's number stands below the line", () => {
  assert.equal(subscript(1024), "₁₀₂₄");
});

test("a value has the colour between those of its neighbours on the scale, and beyond it the last", () => {
  const scale = { zmin: 0, zmax: 1, colorscale: [[0, "#000000"], [1, "#ff8000"]] };
  assert.deepEqual(cellColour(0.5, scale), [127.5, 64, 0]);
  assert.deepEqual(cellColour(9, scale), [255, 128, 0]);
});

test("ink is read on every grey with a contrast of at least 4.5", () => {
  for (let grey = 0; grey < 256; grey += 1) {
    const [paper, ink] = [luminance([grey, grey, grey]), inkOn([grey, grey, grey]) === "#000" ? 0 : 1];
    assert.ok((Math.max(paper, ink) + 0.05) / (Math.min(paper, ink) + 0.05) >= 4.5);
  }
});

test("a word is cut where its room ends, and a number is kept where its name has none", () => {
  assert.equal(fitted("memory", 100), "memory");
  assert.equal(fitted("memory", 27), "mem…");
  assert.deepEqual(placeNames(["step 9", "step 10"], 30), ["9", "10"]);
});

test("a dark page takes a scale's dark colours, wherever a payload holds them, and a light page those for light", () => {
  const scale = { zmin: 0, zmax: 1, colorscale: ["light"], dark: ["dark"] };
  const trace = { type: "heatmap", colorscale: ["light"], meta: { dark: ["dark"] } };
  for (const held of [scale, trace]) {
    assert.deepEqual(inScheme(held, "dark").colorscale, ["dark"]);
    assert.deepEqual(inScheme(held, "light").colorscale, ["light"]);
  }
  assert.deepEqual(inScheme({ colorscale: ["only"] }, "dark").colorscale, ["only"]);
  assert.equal(inScheme(null, "dark"), null);
});
