// What each number inside the cell is made of, and how it is written so that the terms shown add up to the sum shown.
// Pure functions of the payload. Steps, units and features count from 1; sums are in double precision.

import { clamp } from "../shared/numbers.js";
import { before, restOf } from "./spec.js";

const TERMS_SHOWN = 4; // the largest terms of a long sum ...
export const TERMS_ALL = 6; // ... where there are more than these; so few are shown all
const DECIMALS = -4; // the last digit's power of ten, as Python's print in the page's returned tensors
const SMALL = -3; // where even the largest number is below 10^SMALL, three digits of it are shown,
const SMALL_DIGITS = 3;
const LARGE_DIGITS = 6; // and of large ones six
const PLAIN = -12; // the lowest power that is written without an exponent

// ---- sums ----

const productsOf = (terms) => terms.map(({ product }) => product);
const add = (numbers) => numbers.reduce((sum, number) => sum + number, 0);

/** The `count` largest terms, and how many more there are with their sum; all terms in their order if they are few. */
function largest(terms, all) {
  if (all || terms.length <= TERMS_ALL) return { terms, rest: null };
  const sorted = [...terms].sort((one, other) => Math.abs(other.product) - Math.abs(one.product));
  const [shown, more] = [sorted.slice(0, TERMS_SHOWN), sorted.slice(TERMS_SHOWN)];
  return { terms: shown, rest: { count: more.length, sum: add(productsOf(more)) } };
}

/** One part of a gate's sum: `count` values times dropout's factors times weights. */
function group(name, count, term, all, label = name) {
  const terms = Array.from({ length: count }, (_, k) => {
    const { value, factor, weight } = term(k + 1);
    return { label: `${label}${k + 1}`, value, factor, weight, product: value * factor * weight };
  });
  return { name, ...largest(terms, all), sum: add(productsOf(terms)) };
}

/** A part that is one number: a bias. */
const single = (name, sum) => ({ name, terms: [], rest: null, sum });

/** What of the old h goes into a gate's sum, h.U: of all of h, or of what the reset gate leaves of it. */
function recurrentGroup(/** @type {Picture} */ P, { name, reads }, t, u, all) {
  const whole = reads === before("h");
  const value = (j) => (whole ? P.before("h", t, j) : P.value(reads, t, j));
  const term = (j) => ({ value: value(j), factor: P.recurrentMask(name, j), weight: P.recurrent(name, j, u) });
  return group("h", P.units, term, all, whole ? "h" : "r×h");
}

/** A part that is multiplied by the reset gate; its own parts stand in the sum of the product. */
function resetGroup(/** @type {Picture} */ P, { reset, product }, t, u) {
  const [value, weight] = [P.value(reset, t, u), P.value(product, t, u)];
  const term = { label: P.spec.gate[reset].symbol, value, factor: 1, weight, product: value * weight };
  return { name: "reset", terms: [term], rest: null, sum: term.product };
}

/** The parts of the sum of a gate, or of what a gate resets, in the order in which they are said. */
export function partsOfSum(/** @type {Picture} */ P, node) {
  const { name, product } = P.spec.summed[node];
  const bias = P.bias(name, 1) === null ? [] : ["b"];
  const own = bias.length && P.spec.biasRows > 1 ? ["rb"] : [];
  if (node === product) return ["h", ...own];
  if (product) return ["x", ...bias, "reset"];
  return own.length ? ["x", ...bias, "h", ...own] : ["x", "h", ...bias];
}

/**
 * The sum that a gate's activation is taken of at a step and for a unit: x.W + h.U + b, or with two biases one for each
 * product; or what a gate resets, h.U + b. Each group's sum is that of its terms and rest; `sum` is that of the groups;
 * `inner` are the groups of what is reset; `result` is the trace's own, which is not made of the sum if the gate is `held`.
 */
export function termsOf(/** @type {Picture} */ P, node, t, u, all = false) {
  const gate = P.spec.summed[node];
  const { name, product } = gate;
  const x = (k) => ({ value: P.x(t, k), factor: P.inputMask(name, k), weight: P.kernel(name, k, u) });
  const parts = {
    x: () => group("x", P.features, x, all),
    h: () => recurrentGroup(P, gate, t, u, all),
    b: () => single("b", P.bias(name, u)),
    rb: () => single("rb", P.bias(name, u, 2)),
    reset: () => resetGroup(P, gate, t, u),
  };
  const groupsOf = (of) => partsOfSum(P, of).map((part) => parts[part]());
  const groups = groupsOf(node);
  const inner = product && node !== product ? groupsOf(product) : [];
  const made = { activation: P.activations[node] ?? "linear", sum: add(groups.map(({ sum }) => sum)), result: P.value(node, t, u) };
  return { groups, inner, held: Boolean(P.heldAt(node, t, u)), ...made };
}

/**
 * All numbers of the cell at a step for a unit: the trace's own, and the products that make the new memory.
 * @param {Picture} P
 * @param {number} t
 * @param {number} u
 * @returns {Cell}
 */
export function cellOf(P, t, u) {
  const { traced, states, products, rests } = P.spec;
  /** @type {Record<string, number>} */
  const numbers = {};
  for (const name of traced) numbers[name] = P.value(name, t, u);
  for (const name of states) numbers[before(name)] = P.before(name, t, u);
  for (const name of rests) numbers[name] = 1 - numbers[restOf(name)];
  for (const { name, parts } of products) numbers[name] = parts.reduce((product, part) => product * numbers[part], 1);
  return { numbers, masked: P.masked(t) };
}

// ---- numbers as text ----

/** The power of ten of the last digit shown, for numbers that stand in one sum. */
function powerOf(numbers) {
  const most = Math.max(0, ...numbers.map(Math.abs).filter(Number.isFinite));
  if (most === 0) return DECIMALS;
  const first = Math.floor(Math.log10(most));
  return first < SMALL ? first - SMALL_DIGITS + 1 : Math.max(DECIMALS, first - LARGE_DIGITS + 1);
}

/** `count` times ten to the `power`, exactly. inf and nan as Python writes them. */
function written(count, power) {
  if (Number.isNaN(count)) return "nan";
  if (!Number.isFinite(count)) return count > 0 ? "inf" : "-inf";
  if (count === 0 || (power <= 0 && power >= PLAIN)) return (count / 10 ** -power).toFixed(clamp(-power, 0, -PLAIN));
  const digits = String(Math.abs(count)).length - 1;
  return `${(count / 10 ** digits).toFixed(digits)}e${power + digits}`;
}

const inUnits = (number, power) => (power < 0 ? number * 10 ** -power : number / 10 ** power);
const rounded = (number, power) => Math.round(inUnits(number, power));

/** A number by itself: four decimals, or more where those would hide it. */
export function exactly(number) {
  const power = powerOf([number]);
  return written(rounded(number, power), power);
}

/**
 * Whole numbers near the parts, in units of the last digit, that add up to `total`: each is rounded, then as many
 * as needed go one digit the other way, those first that were closest to it (the method of largest remainders).
 */
function addUp(parts, total, power) {
  const whole = parts.map((part) => rounded(part, power));
  const missing = total - add(whole);
  if (!parts.length || !Number.isFinite(missing)) return whole;
  const way = Math.sign(missing);
  const left = parts.map((part, k) => (inUnits(part, power) - whole[k]) * way);
  const order = left.map((_, k) => k).sort((one, other) => left[other] - left[one]);
  for (let k = 0; k < Math.abs(missing); k += 1) whole[order[k % order.length]] += way;
  return whole;
}

const POSITIVE = (z) => z > 0;
/** Where activations hand their argument on: then both must be written alike. */
const HANDS_ON = {
  linear: () => true, relu: POSITIVE, leaky_relu: POSITIVE, elu: POSITIVE, celu: POSITIVE,
  relu6: (z) => z > 0 && z < 6, hard_tanh: (z) => Math.abs(z) < 1, hard_shrink: (z) => Math.abs(z) > 0.5,
  hard_silu: (z) => z > 3, sparse_plus: (z) => z >= 1,
};
const handsOn = (activation, z) => HANDS_ON[activation]?.(z) ?? false;

/** All numbers that stand in a gate's sum: one last digit is for all. */
const numbersIn = (groups) => groups.flatMap(({ terms, rest, sum }) => [...productsOf(terms), rest?.sum ?? 0, sum]);

/** How a gate's sum is written: the last digit's power of ten, the sum in units of it, the texts of sum and result. */
export function sumInWords({ groups, inner, activation, sum, result, held }) {
  const power = powerOf([...numbersIn([...groups, ...inner]), sum]);
  const alike = !held && handsOn(activation, sum);
  const total = rounded(alike ? result : sum, power);
  const text = written(total, power);
  return { power, total, sum: text, result: alike ? text : exactly(result) };
}

/** The texts of groups that add up to a total, as they and their products are shown. */
function groupsInWords(groups, total, power) {
  const sums = addUp(groups.map((part) => part.sum), total, power);
  const write = (count) => written(count, power);
  return groups.map(({ name, terms, rest }, k) => {
    const parts = [...productsOf(terms), ...(rest ? [rest.sum] : [])];
    const counts = addUp(parts, sums[k], power);
    return {
      name, sum: write(sums[k]),
      terms: terms.map(({ label, value, factor, weight }, n) => ({
        label, value: exactly(value), factor: factor === 1 ? null : exactly(factor), weight: exactly(weight),
        product: write(counts[n]),
      })),
      rest: rest && { count: rest.count, sum: write(counts.at(-1)) },
    };
  });
}

/** All texts of a gate's sum: the products add up; values, factors and weights are written each by itself. */
export function termsInWords(gate) {
  const { power, total, sum, result } = sumInWords(gate);
  const product = gate.groups.find(({ name }) => name === "reset")?.terms[0].weight;
  return {
    sum, result,
    groups: groupsInWords(gate.groups, total, power),
    inner: product === undefined ? [] : groupsInWords(gate.inner, rounded(product, power), power),
  };
}

/** What a share leaves of 1, so that both add up to 1 as they are shown. */
function restInWords(share) {
  const power = powerOf([1, share]);
  return written(rounded(1, power) - rounded(share, power), power);
}

/**
 * The texts of the cell's numbers: keep and write add up to c, or at a masked step to the c that was thrown away.
 * @param {Spec} spec
 * @param {Cell} cell
 */
export function cellInWords(spec, { numbers, masked }) {
  const words = {};
  for (const name in numbers) words[name] = exactly(numbers[name]);
  for (const name of spec.rests) words[name] = restInWords(numbers[restOf(name)]);
  for (const { state, parts } of spec.sums) {
    const products = parts.map((part) => numbers[part]);
    const made = masked ? add(products) : numbers[state];
    const power = powerOf([...products, made]);
    const counts = addUp(products, rounded(made, power), power);
    for (const [k, part] of parts.entries()) words[part] = written(counts[k], power);
    if (!masked) words[state] = written(rounded(made, power), power);
  }
  return words;
}
