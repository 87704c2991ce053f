import assert from "node:assert/strict";
import { test } from "node:test";

import { drawForecast, spread } from "../../assets/components/forecast/course.js";

test("names stand apart, in order, and between top and bottom", () => {
  assert.deepEqual(spread([50, 10, 52], 15, 0, 100), [50, 10, 65]);
  assert.deepEqual(spread([98, 99, 97], 10, 0, 100), [90, 100, 80]);
  assert.deepEqual(spread([1, 0], 10, 5, 100), [15, 5]);
});

test("a line goes through its values, the higher the number the higher on screen, inside the picture", () => {
  const lines = [{ name: "true", label: "passengers", off: "", values: [200, 300, 250] }];
  const { height, parts } = drawForecast({ lines, years: [1958], text: {} }, 800);
  const [, , [[, { d }]]] = parts.find(([tag]) => tag === "g");
  const points = d.slice(1).split("L").map((point) => point.split(" ").map(Number));
  assert.equal(points.length, 3);
  assert.ok(points[1][1] < points[2][1] && points[2][1] < points[0][1]);
  assert.ok(points.every(([x, y]) => x > 0 && x < 800 && y > 0 && y < height));
});
