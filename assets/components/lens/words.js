// The picture in words, all computed from its numbers: pure functions.

import { fill } from "../shared/particles.js";
import { startInWords } from "./layer_ends.js";
import { symbolsOf } from "./formula.js";
import { memoryOf } from "./river.js";
import { before, restOf } from "./spec.js";
import { cellOf, exactly } from "./terms.js";

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

/** Whether a unit's memory was ever something else than 0 before a step. */
function hadMemory(/** @type {Picture} */ P, memory, step, unit) {
  const begins = P.begins[memory][unit - 1];
  return (begins && (P.backwards ? begins > step : begins < step)) || P.initialValues[memory][unit - 1] !== 0;
}

/** What a percentage leaves of 100. */
const restOfPercent = (said) => ({ ">99": "<1", "<1": ">99" })[said] ?? String(100 - Number(said));

/** How two factors are said: in percent where both are shares; what one leaves of the other adds up with it to 100. */
function factorsInWords({ keep, write }, numbers, shares) {
  if (!shares) return [factorInWords(numbers[keep]), factorInWords(numbers[write])];
  const kept = percent(numbers[keep]);
  return [kept, restOf(write) === keep ? restOfPercent(kept) : percent(numbers[write])];
}

/** What the gates of a unit do at a step, or what the step makes of its h where there are none. */
export function sentence(/** @type {Picture} */ P, { step, unit }) {
  const { text: { cell: texts }, spec: { sums: [sum], products } } = P;
  if (P.masked(step)) return fill(texts.sentence_masked, { step });
  const symbols = symbolsOf(P, step);
  const { numbers } = cellOf(P, step, unit);
  if (!sum) {
    const facts = { before: symbols.h_before, old: exactly(numbers.h_before), now: symbols.h, new: exactly(numbers.h) };
    return fill(texts.sentence, { step, unit, ...facts });
  }
  const memory = before(sum.state);
  const [keep, write] = sum.parts.map((part) => products.find(({ name }) => name === part).parts[0]);
  const shares = isShare(numbers[keep]) && isShare(numbers[write]) && Number.isFinite(numbers[memory]);
  const [kept, written] = factorsInWords({ keep, write }, numbers, shares);
  const without = numbers[memory] !== 0 ? "" : hadMemory(P, sum.state, step, unit) ? "_lost" : "_first";
  const words = texts[`sentence${shares ? "" : "_factors"}${without}`];
  return fill(words, { step, unit, keep: kept, write: written, before: symbols[memory] });
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
  const { layer, cell } = P.text;
  const start = fill(cell.describe_start, { start: startInWords(P) });
  const outputs = P.outputs.map((output) => fill(output.order ? layer.describe_output : layer.describe_handed_on, output)).join(" ");
  const begins = P.backwards ? `${layer.describe_backwards} ${start}` : start;
  return fill(layer.describe, { layer: cell.layer, units: P.units, steps: P.steps, start: begins, outputs });
}

export function titleOf(/** @type {Picture} */ P, view, unit) {
  const { layer } = P.text;
  if (P.headline) return P.headline.title;
  if (P.named) return P.named;
  const one = P.steps === 1 ? "_one" : "";
  if (view === "loop") return fill(layer[`title_loop${one}`], P);
  const way = one || (P.backwards ? "_backwards" : "");
  if (view === "river") return fill(layer[`title_river${way}`], { state: memoryOf(P), unit, steps: P.steps });
  return fill(layer[`title${way}`], P);
}
