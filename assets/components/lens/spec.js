// What distinguishes the cell that is shown: its `spec`, which Python sends with the picture's data, and what the
// pictures draw from it.

/** What a state was before a step. */
export const before = (state) => `${state}_before`;

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
  const sums = made.filter(([, { right }]) => right.includes("+")).map(([state, one]) => ({ state, parts: partsOf(one) }));
  return {
    ...data,
    gateNames,
    traced: [...gateNames, ...made.filter(([, { traced }]) => traced).map(([name]) => name)],
    products: made.filter(([, { traced }]) => !traced).map(([name, one]) => ({ name, parts: partsOf(one) })),
    sums,
    memory: new Set(sums.flatMap(({ state, parts }) => [state, before(state), ...parts])),
    charted: new Set(["x", ...gateNames, ...states]),
    gate: Object.fromEntries(gates.map((gate) => [gate.name, gate])),
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
