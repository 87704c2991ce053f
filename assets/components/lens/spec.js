// What distinguishes the cell that is shown: its `spec`, which Python sends with the picture's data, and what the
// pictures draw from it.

/** What a state was before a step. */
export const before = (state) => `${state}_before`;

/** The rest of a share that a name of this kind stands for: z, if it is 1 - z; else undefined. */
export const restOf = (name) => (name.startsWith("1-") ? name.slice(2) : undefined);

/** The part of the cell that is the unit's own h of the step before. */
export const OWN_H = "h_own";

/** Whether a part is what the step is given. */
export const isGiven = (node) => node === "x" || node === OWN_H || node.endsWith("_before");

/** The names in a right side, without the signs between them. */
const partsOf = ({ right }) => right.filter((_, k) => k % 2 === 0);

/**
 * A cell's spec with what follows from it.
 * @param {SpecData} data
 * @returns {Spec}
 */
export function readSpec(data) {
  const { gates, states, equations } = data;
  const gateNames = gates.map(({ name }) => name);
  const made = Object.entries(equations);
  const rests = [...new Set(made.flatMap(([, { right }]) => right.filter(restOf)))];
  const products = gates.filter(({ product }) => product);
  const sums = made.filter(([, { right }]) => right.includes("+")).map(([state, one]) => ({ state, parts: partsOf(one) }));
  return {
    ...data,
    gateNames,
    traced: [...gateNames, ...products.map(({ product }) => product), ...made.filter(([, { traced }]) => traced).map(([name]) => name)],
    rests,
    products: made.filter(([, { traced }]) => !traced).map(([name, one]) => ({ name, parts: partsOf(one) })),
    sums,
    memory: new Set(sums.flatMap(({ state, parts }) => [state, before(state), ...parts])),
    charted: new Set(["x", ...gateNames, ...states]),
    gate: Object.fromEntries(gates.map((gate) => [gate.name, gate])),
    summed: Object.fromEntries([...gates.map((gate) => [gate.name, gate]), ...products.map((gate) => [gate.product, gate])]),
  };
}

/** The activation that each gate and made quantity goes through, by its name, as the layer's arguments name it. */
export function activationsOf({ gates, equations }, { activation, recurrentActivation }) {
  const chosen = { activation, recurrent_activation: recurrentActivation };
  const made = Object.entries(equations).filter(([, one]) => one.activation).map(([name, one]) => [name, chosen[one.activation]]);
  return Object.fromEntries([...gates.map((gate) => [gate.name, chosen[gate.activation]]), ...made]);
}

/** A right side with the products that only this picture shows written out: f × c_before + i × candidate. */
export const writtenOut = (/** @type {Spec} */ { equations }, right) =>
  right.flatMap((part) => (equations[part]?.traced === false ? equations[part].right : [part]));
