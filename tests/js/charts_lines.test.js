// The charts' colours stretched over their values, and the units' numbers at their lines' ends.

import assert from "node:assert/strict";
import test from "node:test";

import { apart, chosenLine, lineEnds } from "../../assets/components/charts/ends.js";
import { columnsOf } from "../../assets/components/charts/figure.js";
import { canStretch, stretched } from "../../assets/components/charts/stretch.js";

const rows = (...values) => values.map((row) => Float32Array.from(row));

function heatmaps(scales) {
  const panels = scales.map(([quantity], k) => ({ kind: "heatmap", quantity, grid: quantity, axis: `y${k + 1}`, legend: ["", ""] }));
  const data = scales.map(([, zmin, zmax], k) => ({ yaxis: `y${k + 1}`, zmin, zmax, meta: {} }));
  return { data, layout: {}, meta: { panels } };
}

test("a gate's colours reach from its smallest to its largest value, a state's evenly far about zero", () => {
  const figure = heatmaps([["f", 0, 1], ["h", -1, 1]]);
  const { data, meta } = stretched(figure, { f: rows([0.5, 0.75], [0.625, NaN]), h: rows([-0.25, 0.125]) });
  assert.deepEqual(data.map(({ zmin, zmax }) => [zmin, zmax]), [[0.5, 0.75], [-0.25, 0.25]]);
  assert.deepEqual(meta.panels.map(({ legend }) => legend), [["0.5", "0.75"], ["-0.25", "+0.25"]]);
  assert.deepEqual(data.map(({ meta: { fixed } }) => fixed), [{ zmin: 0, zmax: 1 }, { zmin: -1, zmax: 1 }]);
});

test("the ends of values that lie close together are told apart", () => {
  const { meta } = stretched(heatmaps([["f", 0, 1]]), { f: rows([0.5001, 0.5004]) });
  assert.deepEqual(meta.panels[0].legend, ["0.5001", "0.5004"]);
});

test("where all values are the same there is nothing to stretch", () => {
  const figure = heatmaps([["f", 0, 1], ["h", -1, 1]]);
  assert.deepEqual(stretched(figure, { f: rows([0.5, 0.5]), h: rows([0, 0]) }), figure);
});

test("two heatmaps of one quantity keep one scale", () => {
  assert.ok(canStretch(heatmaps([["f"], ["h"]]).meta));
  assert.ok(!canStretch(heatmaps([["h"], ["h"]]).meta));
  assert.ok(!canStretch({ panels: [] }));
});

test("numbers that would lie over each other are moved apart, in their order and between the bounds", () => {
  assert.deepEqual(apart([10, 50], 0, 100), [10, 50]);
  const [one, other, third] = apart([98, 99, 97], 0, 100);
  assert.ok(third < one && one < other && other === 100);
  assert.deepEqual([other - one, one - third], [11, 11]);
});

const panel = (count) => ({
  kind: "lines", grid: "h", axis: "y", rows: count, top: 100, height: 50,
  geometry: { left: 60, plot: 80, cell: 20, x: (step) => (step - 1) * 20 },
});
const trace = (count) => ({ meta: { light: Array.from({ length: count }, (_, k) => `#${k}`) } });
const view = (grid) => ({
  grids: { h: grid }, theme: { scheme: "light" }, columns: columnsOf([0.5, 4.5], 4), meta: { steps: 4, sent: null },
});
const AXIS = { range: [-1, 1] };

test("each of few lines has its unit's number at its end", () => {
  const ends = lineEnds(panel(2), AXIS, trace(2), view(rows([0, 0, 0, 1], [0, 0, 0, -1])));
  assert.deepEqual(ends.map(([, { x, y, fill }, number]) => [x, y, fill, number]), [[134, 100, "#0", "1"], [134, 150, "#1", "2"]]);
  assert.deepEqual(chosenLine(panel(2), AXIS, trace(2), view(rows([0], [0])), 1), []);
});

test("of many lines the chosen one alone is drawn over the others, with its number", () => {
  const grid = Array.from({ length: 9 }, (_, k) => Float32Array.from([0, 0, 0, k / 10]));
  assert.deepEqual(lineEnds(panel(9), AXIS, trace(9), view(grid)), []);
  const [[, line], [, , number]] = chosenLine(panel(9), AXIS, trace(9), view(grid), 6);
  assert.equal(line.d, "M10 125L30 125L50 125L70 112.5");
  assert.deepEqual([line.stroke, number], ["#5", "6"]);
  assert.deepEqual(chosenLine(panel(9), AXIS, trace(9), view(grid), 12), []);
});
