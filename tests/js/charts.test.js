// The charts' pure parts: which columns a range of steps needs, and where a key leads.

import assert from "node:assert/strict";
import test from "node:test";

import { inWords, kept, moved } from "../../assets/components/charts/cells.js";
import { columnOf, columnsOf, gridsOf, runsOf, wanted } from "../../assets/components/charts/figure.js";

test("no range of steps needs more than two hundred columns", () => {
  for (const steps of [1, 2, 199, 200, 201, 399, 400, 800, 1000]) {
    for (let first = 1; first <= steps; first += 1) {
      for (let last = first; last <= steps; last += 7) {
        const { size, starts } = columnsOf([first - 0.5, last + 0.5], steps);
        const said = `${first} to ${last} of ${steps}`;
        assert.ok(starts.length <= 201, said);
        assert.ok(starts[0] <= first && starts.at(-1) > last && starts.at(-1) <= steps + 1, said);
        assert.equal(size === 1, last - first < 200, said);
      }
    }
  }
});

test("a step is in the column that begins at or before it and ends behind it", () => {
  const columns = columnsOf([0.5, 1000.5], 1000);
  for (let step = 1; step <= 1000; step += 1) {
    const [first, end] = columnOf(step, columns, 1000);
    assert.ok(columns.starts.includes(first) && first <= step && step < end && end <= 1001);
  }
});

test("neighbouring steps are one run", () => {
  assert.deepEqual(runsOf([2, 3, 7]), [[2, 3], [7, 7]]);
  assert.deepEqual(runsOf([]), []);
});

test("after a panel's last row comes the next panel's first, and the last panel ends the way", () => {
  const panels = [{ axis: "y", rows: 2 }, { axis: "y2", rows: 1 }];
  const view = { meta: { panels, steps: 6 }, columns: { size: 1 } };
  const rows = [];
  for (let cell = { panel: panels[0], step: 3, row: 1 }, k = 0; k < 4; k += 1) {
    rows.push([panels.indexOf(cell.panel), cell.row]);
    cell = moved(cell, "ArrowDown", view);
  }
  assert.deepEqual(rows, [[0, 1], [0, 2], [1, 1], [1, 1]]);
  assert.equal(moved({ panel: panels[0], step: 6, row: 1 }, "ArrowRight", view).step, 6);
  assert.equal(moved(undefined, "ArrowRight", view).step, 1);
  assert.equal(moved(undefined, "a", view), undefined);
});

test("a cell is kept in another figure only where that has such a row and step", () => {
  const cell = { panel: { axis: "y" }, step: 4, row: 2 };
  const view = (rows, steps) => ({ meta: { steps, panels: [{ axis: "y", rows }] } });
  assert.equal(kept(cell, view(2, 4)).row, 2);
  assert.equal(kept(cell, view(1, 4)), undefined);
  assert.equal(kept(cell, view(2, 3)), undefined);
  assert.equal(kept(undefined, view(2, 4)), undefined);
});

// ---- a long sequence, of which a part was sent ----

const bdata = (array) => Buffer.from(array.buffer).toString("base64");
const heatmap = (z) => ({ type: "heatmap", meta: { grid: "h" }, zmin: -1, zmax: 1, yaxis: "y", z });

test("means stand at all of their steps, and steps that were not sent are empty", () => {
  const sent = { first: 5, last: 9, size: 2 };
  const z = { dtype: "u2", shape: "1, 3", bdata: bdata(new Uint16Array([0, 65532, 65535])) };
  const { h: [row] } = gridsOf({ data: [heatmap(z)], meta: { steps: 12, sent } });
  assert.deepEqual([...row], [NaN, NaN, NaN, NaN, -1, -1, 1, 1, NaN, NaN, NaN, NaN]);
});

test("single steps that were sent are exact", () => {
  const z = { dtype: "f4", shape: "2, 2", bdata: bdata(new Float32Array([0.1, 0.2, 0.3, 0.4])) };
  const { h } = gridsOf({ data: [heatmap(z)], meta: { steps: 4, sent: { first: 2, last: 3, size: 1 } } });
  assert.deepEqual(h.map((row) => [...row]), [[NaN, ...new Float32Array([0.1, 0.2]), NaN], [NaN, ...new Float32Array([0.3, 0.4]), NaN]]);
});

test("a range that is not here, or only coarsely, is wanted, and no other", () => {
  const meta = (sent) => ({ steps: 1000, sent });
  const whole = { first: 1, last: 1000, size: 7 };
  assert.deepEqual(wanted(meta(whole), [99.6, 200.4]), { steps: 1000, first: 100, last: 200 });
  assert.equal(wanted(meta(whole), [0.5, 1000.5]), undefined);
  const some = { first: 101, last: 200, size: 1 };
  assert.equal(wanted(meta(some), [120.5, 140.5]), undefined);
  assert.deepEqual(wanted(meta(some), [90.5, 140.5]), { steps: 1000, first: 91, last: 140 });
  assert.equal(wanted(meta(null), [120.5, 140.5]), undefined);
});

test("columns are no finer than the means that were sent, and begin where those do", () => {
  const { size, starts } = columnsOf([29.5, 50.5], 1000, 7);
  assert.equal(size, 7);
  assert.deepEqual(starts, [29, 36, 43, 50, 57]);
});

test("a mean is read off in those digits that are its own", () => {
  const z = { dtype: "u2", shape: "1, 2", bdata: bdata(new Uint16Array([40_000, 40_000])) };
  const figure = { data: [heatmap(z)], meta: { steps: 4, sent: { first: 1, last: 4, size: 2 }, text: { steps_mean: "{first}-{last}", unit: "u{unit}", value: "{value}" } } };
  const view = { ...figure, grids: gridsOf(figure), columns: { size: 2, starts: [1, 3, 5] } };
  assert.equal(inWords({ panel: { name: "h", grid: "h", quantity: "h", masked: [] }, step: 2, row: 1 }, view), "h · 1-2 · u1 · 0.221");
});
