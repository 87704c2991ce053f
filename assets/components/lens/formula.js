// What is said about a part of the cell: its formula in symbols and in numbers, and its terms. Pure functions.
// A line is a list of tokens; a token is text, or {text, quantity, role}: a quantity has its colour under it.

import { subscript } from "../shared/numbers.js";
import { fill } from "../shared/particles.js";
import { before, writtenOut } from "./spec.js";
import { exactly, sumInWords, termsInWords, termsOf } from "./terms.js";

const GROUPS = { // the parts of a gate's sum: what is multiplied, the weights' name in formulas and in Keras
  x: { quantity: "x", letter: "W", tensor: "kernel" },
  h: { quantity: "h_before", letter: "U", tensor: "recurrent_kernel" },
  b: { quantity: null, letter: "b", tensor: "bias" },
};
const VALUES_LISTED = 12; // values of x or h that are listed where there are more

const touched = () => matchMedia("(hover: none)").matches; // there is nothing to point with

const inBrackets = (text) => (text[0] === "-" ? `(${text})` : text); // after an operator

/** A text of the cell with its facts filled in. */
export const cellText = ({ text }, key, facts = {}) => fill(text.cell[key], facts);

/** What the quantities are called at a step: c₄, c₃ and so on. The state before the first step is c₀. */
export function symbolsOf(/** @type {Picture} */ P, t) {
  const { gates, states, equations } = P.spec;
  const [now, last] = [subscript(t), subscript(P.previous(t) ?? 0)];
  const symbols = { x: `x${now}` };
  for (const { name, symbol } of gates) symbols[name] = symbol;
  for (const name of states) Object.assign(symbols, { [name]: `${name}${now}`, [before(name)]: `${name}${last}` });
  for (const [name, { right, traced }] of Object.entries(equations)) {
    symbols[name] ??= traced ? `${P.activations[name]}(${symbols[right[0]]})` : cellText(P, name);
  }
  return symbols;
}

// ---- lines ----

const resultOf = (quantity, text) => ({ quantity, role: "result", text });

/** An equation in symbols, then its right side and, where that is more than one quantity, the result in numbers. */
function equation(left, parts, symbols, words) {
  const right = parts.map((part) => (part in symbols ? part : ` ${part} `));
  const symbol = (part) => (part in symbols ? { quantity: part, text: symbols[part] } : part);
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

/** A gate as its activation of its sum. */
const gateResult = (gate, activation, { sum, result }) =>
  [`= ${activation}(`, { role: "sum", text: sum }, ") = ", resultOf(gate, result)];

/** A part of a gate's sum in symbols: x₄·W_f, h₃·U_f, b_f. */
function product(name, gate, symbols) {
  const { quantity, letter } = GROUPS[name];
  const weight = `${letter}_${gate.letter}`;
  return quantity ? [{ quantity, text: symbols[quantity] }, `·${weight}`] : [weight];
}

/** A gate's formula in symbols, then with the sums of its groups, then with their sum. */
function gateLines(/** @type {Gate} */ gate, activation, symbols, words) {
  const joined = (parts) => parts.flatMap((part, k) => (k ? [" + ", ...part] : part));
  const products = words.groups.map(({ name }) => product(name, gate, symbols));
  const sums = words.groups.map(({ sum }, k) => [k ? inBrackets(sum) : sum]);
  return [
    [{ quantity: gate.name, text: gate.symbol }, ` = ${activation}(`, ...joined(products), ")"],
    [`= ${activation}(`, ...joined(sums), ")"],
    gateResult(gate.name, activation, words),
  ];
}

// ---- the panel ----

/** A gate's lines and, group by group, its terms. */
function gatePanel(/** @type {Picture} */ P, { step, unit, node }, symbols, all) {
  const gate = P.spec.gate[node];
  const terms = termsOf(P, node, step, unit, all);
  const words = termsInWords(terms);
  const groups = words.groups.map(({ name, ...group }) => {
    const title = product(name, gate, symbols).map((token) => (typeof token === "string" ? token : token.text)).join("");
    return { quantity: GROUPS[name].quantity, title, tensor: GROUPS[name].tensor, ...group };
  });
  const dropped = words.groups.some((group) => group.terms.some(({ factor }) => factor !== null));
  const notes = [cellText(P, "adds_up"), ...(dropped ? [cellText(P, "dropout")] : [])];
  return { lines: gateLines(gate, terms.activation, symbols, words), groups, notes };
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
    return [{ quantity: gate, text: symbols[gate] }, " ", ...gateResult(gate, terms.activation, sumInWords(terms))];
  });
  const made = (state) => equation(state, writtenOut(spec, spec.equations[state].right), symbols, words);
  return [...gates, ...spec.statesDrawn.flatMap(made)];
}

/** What is to be said of one part: `lines`, `groups` of terms, `notes`. */
function partPanel(/** @type {Picture} */ P, selection, cell, symbols, words, all) {
  const { node } = selection;
  const { spec } = P;
  const made = spec.equations[node];
  if (node === GROUPS.x.quantity || node === GROUPS.h.quantity) return valuesPanel(P, selection, symbols, all);
  if (node in spec.gate) return gatePanel(P, selection, symbols, all);
  if (made?.activation) return { lines: activated(node, P.activations[node], made.right[0], symbols, words) };
  if (cell.masked && spec.states.includes(node)) return { lines: equation(node, [before(node)], symbols, words) };
  if (made) return { lines: equation(node, made.right, symbols, words) };
  return { lines: [[{ quantity: node, text: symbols[node] }, " = ", { role: "result", text: words[node] }]] };
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
  const isMade = node in P.spec.gate || node in P.spec.equations; // what every step is given is not thrown away
  const noted = P.spec.equations[node]?.activation ? "makes_no_h" : "thrown_away";
  const masked = cell.masked && isMade ? [cellText(P, noted)] : [];
  return { ...panel, what: cellText(P, `${node}_is`), notes: [...masked, ...panel.notes] };
}
