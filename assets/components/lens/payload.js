// From the JSON that Python made to an object that the pictures ask: P. Steps, units and features count from 1, steps
// in time order.

import { decode } from "../shared/numbers.js";
import { activationsOf, readSpec } from "./spec.js";

const unpack = (bdata) => (bdata === null ? null : decode({ bdata }));

const unpackAll = (packed) => Object.fromEntries(Object.entries(packed).map(([name, bdata]) => [name, unpack(bdata)]));

/** A question about weights: gate, row and unit -> the number in the gate's columns; null without the weights. */
function weightOf(weights, gates, units) {
  return (gate, row, unit) => weights && weights[(row - 1) * gates.length * units + gates.indexOf(gate) * units + unit - 1];
}

/** A question about dropout factors: gate and place -> 1 without dropout. One row of factors serves all gates. */
function factorOf(factors, gates, width) {
  if (!factors) return () => 1;
  const rows = factors.length / width;
  return (gate, place) => factors[(gates.indexOf(gate) % rows) * width + place - 1];
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
  const values = unpackAll(data.values);
  const start = unpackAll(data.before);
  const masked = new Set(data.masked);
  const ahead = backwards ? -1 : 1;
  const inside = (t) => (t >= 1 && t <= steps ? t : null);
  const previous = (t) => inside(t - ahead);
  const value = (name, t, u) => values[name][(t - 1) * units + u - 1];
  const bias = weightOf(unpack(data.bias), gates, units);
  return {
    ...data,
    values,
    spec,
    activations: activationsOf(spec, data),
    first: backwards ? steps : 1,
    last: backwards ? 1 : steps,
    previous,
    next: (t) => inside(t + ahead),
    masked: (t) => masked.has(t),
    maskedSteps: data.masked,
    x: (t, k) => values.x[(t - 1) * features + k - 1],
    value,
    initialValues: start,
    before: (name, t, u) => (previous(t) ? value(name, previous(t), u) : start[name][u - 1]),
    kernel: weightOf(unpack(data.kernel), gates, units),
    recurrent: weightOf(unpack(data.recurrent), gates, units),
    bias: (gate, u, row = 1) => bias(gate, row, u),
    inputMask: factorOf(unpack(data.inputMask), gates, features),
    recurrentMask: factorOf(unpack(data.recurrentMask), gates, units),
  };
}
