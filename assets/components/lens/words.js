// The picture in words, all computed from its numbers: pure functions.

import { fill } from "../shared/particles.js";
import { startInWords } from "./layer_ends.js";
import { symbolsOf } from "./formula.js";
import { exactly } from "./terms.js";

/** A share of 0..1 in percent, never rounded to nothing or to all of it. */
export function percent(share) {
  const whole = (100 * share).toFixed(0);
  if (whole === "100" && share < 1) return ">99";
  if (whole === "0" && share > 0) return "<1";
  return whole;
}

const isShare = (value) => value >= 0 && value <= 1;

/** A factor as one says it: two decimals, or two digits where those would be zeros. inf and nan as Python writes them. */
export function factorInWords(value) {
  const size = Math.abs(value);
  if (!Number.isFinite(value)) return exactly(value);
  if (size >= 1000) return value.toExponential(1);
  return size >= 0.1 || size === 0 ? value.toFixed(2) : value.toPrecision(2);
}

/** Whether a unit's c was ever something else than 0 before a step. */
function hadMemory(/** @type {Picture} */ P, step, unit) {
  for (let t = P.previous(step); t; t = P.previous(t)) if (P.value("c", t, unit) !== 0) return true;
  return P.initialValues.c[unit - 1] !== 0;
}

/** What the gates of a unit do at a step. */
export function sentence(/** @type {Picture} */ P, { step, unit }) {
  const { move } = P.text;
  if (P.masked(step)) return fill(move.sentence_masked, { step });
  const before = P.before("c", step, unit);
  const factors = [P.value("f", step, unit), P.value("i", step, unit)];
  const shares = factors.every(isShare) && Number.isFinite(before);
  const [keep, write] = factors.map(shares ? percent : factorInWords);
  const memory = before !== 0 ? "" : hadMemory(P, step, unit) ? "_lost" : "_first";
  const words = move[`sentence${shares ? "" : "_factors"}${memory}`];
  return fill(words, { step, unit, keep, write, before: symbolsOf(P, step).c_before });
}

/** Which step it is, with its word if it has one. */
export function stepInWords(/** @type {Picture} */ P, step) {
  const { move } = P.text;
  const facts = { step, steps: P.steps };
  return P.labels ? fill(move.step_word, { ...facts, word: P.labels[step - 1] }) : fill(move.step_of, facts);
}

export const unitInWords = (/** @type {Picture} */ P, unit) => fill(P.text.move.unit_of, { unit, units: P.units });

/** The whole layer, for those who do not see it. */
export function description(/** @type {Picture} */ P) {
  const { layer } = P.text;
  const start = fill(layer.describe_start, { start: startInWords(P) });
  const outputs = P.outputs.map((output) => fill(layer.describe_output, output)).join(" ");
  const begins = P.backwards ? `${layer.describe_backwards} ${start}` : start;
  return fill(layer.describe, { units: P.units, steps: P.steps, start: begins, outputs });
}

export function titleOf(/** @type {Picture} */ P, folded) {
  const { layer } = P.text;
  if (P.steps === 1) return folded ? layer.title_loop_one : layer.title_one;
  if (folded) return fill(layer.title_loop, P);
  return fill(P.backwards ? layer.title_backwards : layer.title, P);
}
