// The picture in words, all computed from its numbers: pure functions.

/** A share of 0..1 in percent, never rounded to nothing or to all of it. */
function percent(share) {
  const whole = (100 * share).toFixed(0);
  if (whole === "100" && share < 1) return ">99";
  if (whole === "0" && share > 0) return "<1";
  return whole;
}

const isShare = (value) => value >= 0 && value <= 1;

const factorInWords = (value) => (Math.abs(value) < 1000 ? value.toFixed(2) : value.toExponential(1));

/** What the gates of a unit do at a step. */
function sentence(P, { step, unit }) {
  const { move } = P.text;
  if (P.masked(step)) return fill(move.sentence_masked, { step });
  const [keep, write] = [P.value("f", step, unit), P.value("i", step, unit)];
  if (!isShare(keep) || !isShare(write)) {
    return fill(move.sentence_factors, { step, unit, keep: factorInWords(keep), write: factorInWords(write) });
  }
  const kind = P.before("c", step, unit) === 0 ? move.sentence_first : move.sentence;
  return fill(kind, { step, unit, keep: percent(keep), write: percent(write) });
}

/** Which step it is, with its word if it has one. */
function stepInWords(P, step) {
  const { move } = P.text;
  const facts = { step, steps: P.steps };
  return P.labels ? fill(move.step_word, { ...facts, word: P.labels[step - 1] }) : fill(move.step_of, facts);
}

const unitInWords = (P, unit) => fill(P.text.move.unit_of, { unit, units: P.units });

/** The whole layer, for those who do not see it. */
function description(P) {
  const { layer } = P.text;
  const start = fill(layer.describe_start, { start: startInWords(P) });
  const outputs = P.outputs.map((output) => fill(layer.describe_output, output)).join(" ");
  const begins = P.backwards ? `${layer.describe_backwards} ${start}` : start;
  return fill(layer.describe, { units: P.units, steps: P.steps, start: begins, outputs });
}

function titleOf(P, folded) {
  const { layer } = P.text;
  if (folded) return fill(layer.title_loop, P);
  if (P.steps === 1) return layer.title_one;
  return fill(P.backwards ? layer.title_backwards : layer.title, P);
}
