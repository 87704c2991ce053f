// From the JSON that Python made to an object that the pictures ask: P. Steps, units and features count from 1, steps
// in time order.

import { decode } from "../shared/numbers.js";
import { activationsOf, readSpec } from "./spec.js";

const unpack = (bdata) => (bdata === null ? null : decode({ bdata }));

/** Values of the steps and units that were sent -> of all, `width` a step; NaN where nothing was sent. */
function laidOut(some, { steps: sent, first }, steps, width) {
  const all = new Float32Array(steps * width).fill(NaN);
  const columns = some.length / sent.length;
  const from = columns === width ? 0 : first - 1;
  for (const [k, t] of sent.entries()) all.set(some.subarray(k * columns, (k + 1) * columns), (t - 1) * width + from);
  return all;
}

/** Every quantity, a row a step. */
function valuesOf(/** @type {Payload} */ { values, sent, steps, units, features }) {
  const laid = (name, some) => (sent ? laidOut(some, sent, steps, name === "x" ? features : units) : some);
  return Object.fromEntries(Object.entries(values).map(([name, bdata]) => [name, laid(name, unpack(bdata))]));
}

/**
 * A question about weights: gate, row and unit -> the number in the gate's columns, which are of the units from `first`
 * to `last`; null without the weights.
 */
function weightOf(weights, gates, { first, last }) {
  const units = last - first + 1;
  return (gate, row, unit) => weights && weights[((row - 1) * gates.length + gates.indexOf(gate)) * units + unit - first];
}

/** A question about dropout factors: gate and place -> 1 without dropout. One row of factors serves all gates. */
function factorOf(factors, gates, width) {
  if (!factors) return () => 1;
  const rows = factors.length / width;
  return (gate, place) => factors[(gates.indexOf(gate) % rows) * width + place - 1];
}

/** The memory of the run with no gate held, and what the model says there. */
function freeOf(/** @type {Payload} */ { free, sent, steps, units }, previous) {
  if (!free) return null;
  const [start, some] = [unpack(free.before), unpack(free.memory)];
  const all = sent ? laidOut(some, sent, steps, units) : some;
  const memory = (t, u) => all[(t - 1) * units + u - 1];
  return { says: free.says, memory, before: (t, u) => (previous(t) ? memory(previous(t), u) : start[u - 1]) };
}

/**
 * The picture's numbers: what `payload` of lstm_core/figures/lens.py gave, and questions to ask them.
 * @param {Payload} data
 * @returns {Picture}
 */
export function readPayload(data) {
  const { steps, units, features, backwards } = data;
  const spec = readSpec(data.spec);
  const gates = spec.gateNames;
  const values = valuesOf(data);
  const start = Object.fromEntries(Object.entries(data.before).map(([name, bdata]) => [name, unpack(bdata)]));
  const all = { first: 1, last: units };
  const sent = data.sent && { ...data.sent, steps: new Set(data.sent.steps) };
  const masked = new Set(data.masked);
  const ahead = backwards ? -1 : 1;
  const inside = (t) => (t >= 1 && t <= steps ? t : null);
  const previous = (t) => inside(t - ahead);
  const value = (name, t, u) => values[name][(t - 1) * units + u - 1];
  const bias = weightOf(unpack(data.bias), gates, all);
  const held = new Map(data.held.map((one) => [`${one.gate} ${one.step} ${one.unit}`, one]));
  return {
    ...data,
    values,
    spec,
    activations: activationsOf(spec, data),
    first: backwards ? steps : 1,
    last: backwards ? 1 : steps,
    previous,
    next: (t) => inside(t + ahead),
    isHere: (t) => !sent || sent.steps.has(t),
    heldAt: (gate, t, u) => held.get(`${gate} ${t} ${u}`) ?? held.get(`${gate} 0 ${u}`),
    free: freeOf(data, previous),
    hasUnit: (u) => !sent || (sent.first <= u && u <= sent.last),
    masked: (t) => masked.has(t),
    maskedSteps: data.masked,
    x: (t, k) => values.x[(t - 1) * features + k - 1],
    value,
    initialValues: start,
    before: (name, t, u) => (previous(t) ? value(name, previous(t), u) : start[name][u - 1]),
    kernel: weightOf(unpack(data.kernel), gates, data.sent ?? all),
    recurrent: weightOf(unpack(data.recurrent), gates, data.sent ?? all),
    bias: (gate, u, row = 1) => bias(gate, row, u),
    inputMask: factorOf(unpack(data.inputMask), gates, features),
    recurrentMask: factorOf(unpack(data.recurrentMask), gates, units),
  };
}
