// Where the charts' panels stand at a width.

import assert from "node:assert/strict";
import test from "node:test";

import { arranged, boxesOf } from "../../assets/components/charts/grid.js";

const WIDTHS = [720, 882, 1042, 1400, 2000];
const PLACES = { h: [1, 3], c: [2, 4], gates: [5, 6, 7, 8] };

/** A figure as Python sends it: x, the lines of h and c, h, c and four gates, one under the other. */
function figureOf({ units = 2, steps = 8, rows = [[0], [1, 2], [3, 4], [5, 6, 7, 8]], notes = [] } = {}) {
  let title = 0;
  const panels = Array.from({ length: rows.flat().length }, (_, k) => {
    const kind = k === 1 || k === 2 ? "lines" : "heatmap";
    const panel = { kind, axis: k ? `y${k + 1}` : "y", rows: units, notes: k === 5 ? notes : [], title, top: title + (k ? 23 : 60), height: 48 };
    title = panel.top + panel.height + 16;
    return panel;
  });
  const axes = panels.map(({ axis }) => [`yaxis${axis.slice(1)}`, { anchor: "x", range: [0, 1] }]);
  const time = { xaxis: { title: { text: "time step" } }, xaxis2: { side: "top", matches: "x" } };
  const data = panels.map(({ axis }) => ({ xaxis: axis === "y" ? "x2" : "x", yaxis: axis }));
  const layout = { height: title + 28, margin: { l: 68, r: 10, t: 0, b: 0 }, ...time, ...Object.fromEntries(axes) };
  return { data, layout, meta: { panels, rows, steps } };
}

const at = (width, options) => arranged(figureOf(options), width, [0.5, (options?.steps ?? 8) + 0.5]);
const linesOf = ({ meta: { panels } }) => (
  [...new Set(panels.map(({ title }) => title))].map((top) => panels.filter(({ title }) => title === top).length));

test("a narrow page has the panels one under the other, as they were sent", () => {
  const sent = figureOf();
  const { data, layout, meta } = arranged(sent, 719, [0.5, 8.5]);
  assert.deepEqual([data, layout], [sent.data, sent.layout]);
  assert.ok(meta.panels.every(({ x, wide, geometry }) => x === 0 && wide === 719 && geometry.left === 68 && geometry.plot === 641));
});

test("panels of rows of one stay one under the other however wide the page is", () => {
  const rows = Array.from({ length: 9 }, (_, k) => [k]);
  assert.deepEqual(at(2000, { rows }).layout, figureOf({ rows }).layout);
});

test("h and c stand abreast, their lines over their values, and nothing stands in another's place", () => {
  for (const width of WIDTHS) {
    const { layout, meta: { panels } } = at(width);
    for (const places of [PLACES.h, PLACES.c]) {
      const [lines, values] = places.map((k) => panels[k].geometry);
      assert.deepEqual([lines.left, lines.plot], [values.left, values.plot]);
    }
    for (const [k, one] of panels.entries()) {
      assert.ok(one.x >= 0 && one.x + one.wide <= width + 0.01 && one.top + one.height < layout.height);
      for (const other of panels.slice(k + 1)) {
        const beside = one.x + one.wide <= other.x || other.x + other.wide <= one.x;
        assert.ok(beside || one.top + one.height < other.title, `${k} at ${width}`);
      }
    }
  }
});

test("four small gates stand abreast where they have room for their numbers, or would have none two abreast either", () => {
  assert.deepEqual(linesOf(at(1042)), [1, 2, 2, 4]);
  assert.deepEqual(linesOf(at(882)), [1, 2, 2, 2, 2]); // numbers fit in halves only
  assert.deepEqual(linesOf(at(1042, { steps: 24 })), [1, 2, 2, 4]);
  assert.deepEqual(linesOf(at(1042, { steps: 25 })), [1, 2, 2, 2, 2]);
  assert.deepEqual(linesOf(at(2000, { units: 9 })), [1, 2, 2, 2, 2]);
  assert.deepEqual(linesOf(at(2000, { notes: ["the scale is wider"] })), [1, 2, 2, 2, 2]);
});

test("the last line is as wide as the page, whatever the number of gates", () => {
  for (const gates of [1, 2, 3, 4]) {
    for (const units of [2, 64]) {
      const rows = [[0], [1, 2], Array.from({ length: gates }, (_, k) => 3 + k)];
      const { meta } = at(1042, { units, rows });
      const last = meta.panels.at(-1);
      assert.ok(Math.abs(last.x + last.wide - 1042) < 0.01, `${gates} gates of ${units} units`);
    }
  }
});

test("every panel has an axis of time of its own that moves with the others, and only the first at the foot names it", () => {
  const { data, layout, meta } = at(1042);
  for (const [k, { axis, geometry, top, height }] of meta.panels.entries()) {
    const name = axis.slice(1);
    const [time, vertical] = [layout[`xaxis${name}`], layout[`yaxis${name}`]];
    assert.deepEqual(time.domain.map((share) => Math.round(share * 1042)), [geometry.left, geometry.left + geometry.plot].map(Math.round));
    assert.ok(Math.abs((1 - vertical.domain[0]) * layout.height - top - height) < 0.01);
    assert.equal(time.matches, k ? "x" : undefined);
    assert.equal(time.title !== undefined, k === PLACES.gates[0]);
    assert.deepEqual([data[k].xaxis, data[k].yaxis, vertical.anchor], [`x${name}`, axis, `x${name}`]);
  }
});

test("the step under a pointer is the one whose cell is drawn there, and none beyond the ends", () => {
  for (const width of [360, 1042]) {
    for (const { geometry: { left, cell, x, stepAt } } of at(width).meta.panels) {
      for (let step = 1; step <= 8; step += 1) assert.equal(stepAt(left + x(step) + cell / 2), step);
      assert.deepEqual([stepAt(-1000), stepAt(9000)], [1, 8]);
    }
  }
});

test("what is saved of one panel has its time axis, and nothing of the panels beside it", () => {
  const column = at(719);
  const [first, last] = [column.meta.panels[0], column.meta.panels.at(-1)];
  assert.equal(boxesOf(first, column).length, 2);
  assert.deepEqual(boxesOf(last, column), [[0, last.title, 719, column.layout.height - last.title]]);
  const grid = at(1042);
  for (const panel of grid.meta.panels) {
    const [[x, top, wide, high], ...more] = boxesOf(panel, grid);
    assert.deepEqual([x, top, wide, more.length], [panel.x, panel.title, panel.wide, 0]);
    assert.ok(panel.axis === "y" || top + high >= panel.top + panel.height + 18);
    const below = Math.min(grid.layout.height, ...grid.meta.panels.map(({ title }) => title).filter((title) => title > panel.title));
    assert.ok(top + high <= below);
  }
});
