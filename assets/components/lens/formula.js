// What is said about a part of the cell: its formula in symbols and in numbers, and its terms. Pure functions.
// A line is a list of tokens; a token is text, or {text, quantity, role}: a quantity has its colour under it.

import { subscript } from "../shared/numbers.js";
import { fill } from "../shared/particles.js";
import { OWN_H, before, isGiven, restOf, writtenOut } from "./spec.js";
import { exactly, partsOfSum, sumInWords, termsInWords, termsOf } from "./terms.js";

// The parts of a gate's sum: the weights' name in formulas and in Keras; with two biases the row of theirs
const GROUPS = {
  x: { letter: "W", tensor: "kernel" },
  h: { letter: "U", tensor: "recurrent_kernel" },
  b: { letter: "b", tensor: "bias", row: 0 },
  rb: { letter: "rb", tensor: "bias", row: 1 },
};
const VALUES_LISTED = 12; // values of x or h that are listed where there are more

const touched = () => matchMedia("(hover: none)").matches; // there is nothing to point with

const inBrackets = (text) => (text[0] === "-" ? `(${text})` : text); // after an operator
const joined = (parts) => parts.flatMap((part, k) => (k ? [" + ", ...part] : part));
const plain = (tokens) => tokens.map((token) => (typeof token === "string" ? token : token.text)).join("");

/** A text of the cell with its facts filled in. */
export const cellText = ({ text }, key, facts = {}) => fill(text.cell[key], facts);

/** What the quantities are called at a step: c₄, c₃ and so on. The state before the first step is c₀. */
export function symbolsOf(/** @type {Picture} */ P, t) {
  const { gates, states, equations, rests } = P.spec;
  const [now, last] = [subscript(t), subscript(P.previous(t) ?? 0)];
  /** @type {Record<string, string>} */
  const symbols = { x: `x${now}` };
  for (const { name, symbol } of gates) symbols[name] = symbol;
  for (const name of rests) symbols[name] = cellText(P, name);
  for (const name of states) Object.assign(symbols, { [name]: `${name}${now}`, [before(name)]: `${name}${last}` });
  for (const node of gates.flatMap((gate) => gate.product || [])) symbols[node] = `(${plain(sumInSymbols(P, node, symbols))})`;
  for (const [name, { right, activation }] of Object.entries(equations)) {
    symbols[name] ??= activation ? `${P.activations[name]}(${symbols[right[0]]})` : cellText(P, name);
  }
  return symbols;
}

/** What the candidate takes of the old h in words: the pill in the picture. */
export const recurrentInWords = (/** @type {Picture} */ P) => (P.bias(P.spec.gateNames[0], 1) === null ? "h·U" : "h·U + rb");

// ---- lines ----

const resultOf = (quantity, text) => ({ quantity, role: "result", text });

/** An equation in symbols, then its right side and, where that is more than one quantity, the result in numbers. */
function equation(left, parts, symbols, words) {
  const right = parts.map((part) => (part in symbols ? part : ` ${part} `));
  const factor = (part) => (restOf(part) ? `(${symbols[part]})` : symbols[part]);
  const symbol = (part) => (part in symbols ? { quantity: part, text: factor(part) } : part);
  const written = (part, k) => (k ? inBrackets(words[part]) : words[part]);
  const number = (part, k) => (part in words ? { quantity: part, text: written(part, k) } : part);
  const result = resultOf(left, words[left]);
  return [
    [symbol(left), " = ", ...right.map(symbol)],
    right.length > 1 ? ["= ", ...right.map(number), " = ", result] : ["= ", result],
  ];
}

/** tanh(c₄) in symbols, then in numbers. */
const activated = (name, activation, of, symbols, words) => [
  [{ quantity: name, text: symbols[name] }],
  [`= ${activation}(`, { quantity: of, text: words[of] }, ") = ", resultOf(name, words[name])],
];

/** What a share leaves of 1. */
const restLines = (name, symbols, words) => [
  [{ quantity: name, text: symbols[name] }],
  ["= 1 − ", { quantity: restOf(name), text: inBrackets(words[restOf(name)]) }, " = ", resultOf(name, words[name])],
];

/** A gate as its activation of its sum. */
const gateResult = (gate, activation, { sum, result, inHand = "" }) =>
  [`= ${activation}(`, { role: "sum", text: sum }, inHand ? `); ${inHand} ` : ") = ", resultOf(gate, result)];

/** What a group multiplies with its weights; none for a bias. */
const multiplied = (name, { reads }) => ({ x: "x", h: reads })[name];

/** A part of a gate's sum in symbols: x₄·W_f, h₃·U_f, b_f. */
function product(/** @type {Picture} */ P, name, gate, symbols) {
  const weight = `${GROUPS[name].letter}_${gate.letter}`;
  const quantity = multiplied(name, gate);
  if (!quantity) return [weight];
  const made = P.spec.equations[quantity]; // r × h₃, of which the sum takes all units
  const text = made ? `(${made.right.map((part) => symbols[part] ?? ` ${part} `).join("")})` : symbols[quantity];
  return [{ quantity, text }, `·${weight}`];
}

/** The sum of a gate, or of a product that a gate resets, in symbols. */
function sumInSymbols(/** @type {Picture} */ P, node, symbols) {
  const gate = P.spec.summed[node];
  const reset = () => [{ quantity: gate.reset, text: symbols[gate.reset] }, " × ", { quantity: gate.product, text: symbols[gate.product] }];
  return joined(partsOfSum(P, node).map((name) => (name === "reset" ? reset() : product(P, name, gate, symbols))));
}

/** The sum of a gate or product in numbers: of its groups; of what is reset the gate and the parts. */
function sumInNumbers({ groups, inner }) {
  const added = (parts) => joined(parts.map(({ sum }, k) => [k ? inBrackets(sum) : sum]));
  return joined(groups.map(({ name, sum, terms: [term] }, k) => {
    if (name !== "reset") return [k ? inBrackets(sum) : sum];
    return [`${inBrackets(term.value)} × (`, ...added(inner), ")"];
  }));
}

/** A gate's formula in symbols, then with the sums of its groups, then with their sum. */
function gateLines(/** @type {Picture} */ P, node, activation, symbols, words) {
  const { symbol } = P.spec.gate[node];
  return [
    [{ quantity: node, text: symbol }, ` = ${activation}(`, ...sumInSymbols(P, node, symbols), ")"],
    [`= ${activation}(`, ...sumInNumbers(words), ")"],
    gateResult(node, activation, words),
  ];
}

/** What a gate resets: a sum without an activation. */
const productLines = (/** @type {Picture} */ P, node, symbols, words) => [
  sumInSymbols(P, node, symbols),
  ["= ", ...(words.groups.length > 1 ? [...sumInNumbers(words), " = "] : []), resultOf(node, words.result)],
];

// ---- the panel ----

/** A gate's or product's lines and, group by group, its terms. */
function gatePanel(/** @type {Picture} */ P, { step, unit, node }, symbols, all) {
  const gate = P.spec.summed[node];
  const terms = termsOf(P, node, step, unit, all);
  const words = { ...termsInWords(terms), inHand: terms.held ? cellText(P, "in_hand") : "" };
  const groups = words.groups.map(({ name, ...group }) => {
    if (name === "reset") return { quantity: name, title: `${symbols[gate.reset]} × ${symbols[gate.product]}`, tensor: "", ...group };
    const { tensor, row } = GROUPS[name];
    const place = row !== undefined && P.spec.biasRows > 1 ? `${tensor}[${row}]` : tensor;
    return { quantity: multiplied(name, gate) ?? null, title: plain(product(P, name, gate, symbols)), tensor: place, ...group };
  });
  const dropped = groups.some((group) => group.terms.some(({ factor }) => factor !== null));
  const notes = [cellText(P, "adds_up"), ...(dropped ? [cellText(P, "dropout")] : [])];
  const lines = node in P.spec.gate ? gateLines(P, node, terms.activation, symbols, words) : productLines(P, node, symbols, words);
  return { lines, groups, notes };
}

/** The numbers of x or of the h before: one for each feature or unit. */
function valuesPanel(/** @type {Picture} */ P, { step, node }, symbols, all) {
  const [name, count] = node === "x" ? ["x", P.features] : ["h", P.units];
  const value = (k) => (node === "x" ? P.x(step, k) : P.before("h", step, k));
  const listed = all || count <= VALUES_LISTED ? count : VALUES_LISTED - 1;
  const term = (_, k) => ({ label: `${name}${k + 1}`, product: exactly(value(k + 1)) });
  const terms = Array.from({ length: listed }, term);
  const rest = listed < count ? { count: count - listed, sum: null } : null;
  return { groups: [{ quantity: node, title: symbols[node], tensor: "", sum: "", terms, rest }] };
}

/** The whole step: every gate, then the new c and h; of a masked step what it hands on. */
function stepLines(/** @type {Picture} */ P, { step, unit }, cell, symbols, words) {
  const { spec } = P;
  if (cell.masked) return spec.statesDrawn.flatMap((state) => equation(state, [before(state)], symbols, words));
  const gates = spec.gatesInCell.map((gate) => {
    const terms = termsOf(P, gate, step, unit, true);
    const sum = { ...sumInWords(terms), inHand: terms.held ? cellText(P, "in_hand") : "" };
    return [{ quantity: gate, text: symbols[gate] }, " ", ...gateResult(gate, terms.activation, sum)];
  });
  const made = (state) => equation(state, writtenOut(spec, spec.equations[state].right), symbols, words);
  return [...gates, ...spec.statesDrawn.flatMap(made)];
}

/** What is to be said of one part: `lines`, `groups` of terms, `notes`. */
function partPanel(/** @type {Picture} */ P, selection, cell, symbols, words, all) {
  const { node } = selection;
  const { spec } = P;
  const made = spec.equations[node];
  if (node === "x" || node === before("h")) return valuesPanel(P, selection, symbols, all);
  if (node in spec.summed) return gatePanel(P, selection, symbols, all);
  if (spec.rests.includes(node)) return { lines: restLines(node, symbols, words) };
  if (made?.activation) return { lines: activated(node, P.activations[node], made.right[0], symbols, words) };
  if (cell.masked && spec.states.includes(node)) return { lines: equation(node, [before(node)], symbols, words) };
  if (made) return { lines: equation(node, made.right, symbols, words) };
  const name = node === OWN_H ? before("h") : node;
  return { lines: [[{ quantity: node, text: symbols[name] }, " = ", { role: "result", text: words[name] }]] };
}

/**
 * All that the panel says for a selection: `what` the part is, `lines`, `groups` of terms and `notes`. Without a part
 * the lines are those of the whole step. `all`: list every term.
 */
export function panelOf(/** @type {Picture} */ P, selection, cell, words, all) {
  const { step, node } = selection;
  const symbols = symbolsOf(P, step);
  const empty = { lines: [], groups: [], notes: [] };
  if (!node) {
    const what = cellText(P, cell.masked ? "masked" : touched() ? "hint_touch" : "hint", { step });
    return { ...empty, what, lines: stepLines(P, selection, cell, symbols, words) };
  }
  const panel = { ...empty, ...partPanel(P, selection, cell, symbols, words, all) };
  if (cell.masked && P.spec.states.includes(node)) return { ...panel, what: cellText(P, "passed_on") };
  const noted = P.spec.equations[node]?.activation ? "makes_no_h" : "thrown_away";
  const masked = cell.masked && !isGiven(node) ? [cellText(P, noted)] : []; // what the step is given is not thrown away
  return { ...panel, what: cellText(P, `${node}_is`), notes: [...masked, ...panel.notes] };
}
