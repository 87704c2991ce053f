// The moving picture's pure parts: how numbers are written, where keys and plays lead, what an address names.

import assert from "node:assert/strict";
import test from "node:test";

import { chosenIn } from "../../assets/components/lens/address.js";
import { writerFor } from "../../assets/components/lens/fit.js";
import { keyMove, nextBeat, scrolledTo, within } from "../../assets/components/lens/navigation.js";
import { cellInWords, exactly, sumInWords } from "../../assets/components/lens/terms.js";
import { factorInWords, percent } from "../../assets/components/lens/words.js";

test("a number has four decimals, or more where those would hide it", () => {
  assert.equal(exactly(0.5), "0.5000");
  assert.equal(exactly(-0.00001234), "-0.0000123");
  assert.equal(exactly(123456.789), "123457");
  assert.equal(exactly(1.5e30), "1.50000e30");
  assert.equal(exactly(0), "0.0000");
  assert.deepEqual([NaN, Infinity, -Infinity].map(exactly), ["nan", "inf", "-inf"]);
});

test("what is kept and what is written add up to the new c as they are shown", () => {
  const spec = { rests: [], sums: [{ state: "c", parts: ["keep", "write"] }] };
  const tenThousandths = (text) => Math.round(Number(text) * 1e4);
  for (let k = 0; k < 500; k += 1) {
    const [keep, write] = [Math.sin(k), Math.cos(3 * k)];
    const said = cellInWords(spec, { numbers: { keep, write, c: keep + write }, masked: false });
    assert.equal(tenThousandths(said.keep) + tenThousandths(said.write), tenThousandths(said.c));
  }
});

test("where an activation hands its sum on, both are written alike", () => {
  const written = (activation, sum) => {
    const said = sumInWords({ groups: [{ terms: [], rest: null, sum }], inner: [], activation, sum, result: sum - 2e-5 });
    return [said.sum, said.result];
  };
  for (const activation of ["relu", "leaky_relu", "elu", "celu", "relu6", "hard_shrink", "sparse_plus", "linear"]) {
    assert.deepEqual(written(activation, 2.34566), ["2.3456", "2.3456"], activation);
  }
  assert.deepEqual(written("hard_tanh", 0.34566), ["0.3456", "0.3456"]);
  for (const activation of ["sigmoid", "selu", "hard_tanh", "silu"]) {
    assert.deepEqual(written(activation, 2.34566), ["2.3457", "2.3456"], activation);
  }
  assert.deepEqual(written("leaky_relu", -2.34566), ["-2.3457", "-2.3457"]);
  assert.deepEqual(written("relu6", 6.34566), ["6.3457", "6.3456"]);
});

test("a share is called 0 or 100 percent only where it is", () => {
  assert.deepEqual([0, 0.001, 0.5, 0.999, 1].map(percent), ["0", "<1", "50", ">99", "100"]);
});

test("a factor has two decimals, or two digits where those would be zeros", () => {
  assert.deepEqual([0, 1.5, 0.0123, 12345, -Infinity].map(factorInWords), ["0.00", "1.50", "0.012", "1.2e+4", "-inf"]);
});

test("numbers of a picture have as many decimals as the widest has room for, and at least two", () => {
  const wide = (text) => 10 * text.length;
  const write = writerFor([0.5, -0.25, 1234567], 62, wide);
  assert.equal(write(0.5), "0.500");
  assert.equal(write(-0.25), "-0.250");
  assert.equal(write(1234567), "1e6");
});

const P = { steps: 5, units: 3, next: (step) => (step < 5 ? step + 1 : null) };

test("keys move by a step or unit and stop at the ends", () => {
  assert.deepEqual(keyMove(P, { step: 5, unit: 1 }, "ArrowRight"), { step: 5, unit: 1 });
  assert.deepEqual(keyMove(P, { step: 5, unit: 1 }, "Home"), { step: 1, unit: 1 });
  assert.deepEqual(keyMove(P, { step: 2, unit: 1 }, "ArrowDown"), { step: 2, unit: 2 });
  assert.equal(keyMove(P, { step: 2, unit: 1 }, "x"), undefined);
  assert.deepEqual(within(P, { step: 99, unit: 0 }), { step: 5, unit: 1 });
});

test("a play shows four phases of each step, a calm one whole steps, and both end with the last", () => {
  const played = (calm) => {
    const beats = [];
    for (let at = { step: 4, phase: calm ? 0 : 1 }; at; at = nextBeat(P, at, calm ? 0 : 4)) beats.push([at.step, at.phase]);
    return beats;
  };
  assert.deepEqual(played(true), [[4, 0], [5, 0]]);
  assert.deepEqual(played(false), [1, 2, 3, 4].map((phase) => [4, phase]).concat([1, 2, 3, 4].map((phase) => [5, phase])));
});

test("the window turns over only where a step is not in it whole", () => {
  const G = { middle: (t) => (t - 0.5) * 100, pitch: 100, width: 400, content: 1000 };
  assert.equal(scrolledTo(G, 0, 4), 0);
  assert.equal(scrolledTo(G, 0, 5), 300);
  assert.equal(scrolledTo(G, 300, 10), 600);
  assert.equal(scrolledTo(G, 600, 1), 0);
});

test("an address names a step and a unit by whole numbers from 1, and nothing else", () => {
  assert.deepEqual(chosenIn("?step=3&unit=2&lang=ko"), { step: 3, unit: 2 });
  assert.deepEqual(chosenIn("?step=0&unit=1.5"), {});
  assert.deepEqual(chosenIn("?step=-1&unit=two"), {});
});
