// The unrolled layer as lists of [tag, attributes, text or children]: pure functions of the picture's numbers P and the
// geometry G. A step is drawn around x = 0 and moved to its place, so that all can be gathered into one: the loop.

import { clamp, subscript } from "../shared/numbers.js";
import { fill } from "../shared/particles.js";
import { writerFor } from "./fit.js";
import { numberStrip, strip } from "./strips.js";

// From top to bottom, in pixels
export const Y = {
  place: 11, rail: 24, hName: 52, cellTop: 60, c: 88, h: 140, cellBottom: 168,
  inputTop: 194, inputBottom: 216, word: 236, step: 256, height: 264,
};
// Along the time axis
const PITCH_LEAST = { wide: 72, narrow: 54 }; // between steps; where that is too wide for all, a window shows some
const NARROW = 480; // pictures of a phone
const MAX_CELL = 112;
const GAP_LEAST = { wide: 20, narrow: 14 }; // between two cells
const STRIP_INSET = { many: 8, one: 2 }; // from a cell's side to its strips, of several units or of a number
export const STRIP_HEIGHT = 20;
export const CORNER = 8;
export const TIP = { length: 7, half: 4.5 };
const CHEVRON = { reach: 4, half: 5 };
export const NAME_OFFSET = 6; // from the wire of h to its name
export const FONT = { name: 13.5, note: 12, step: 12, number: { wide: 12, narrow: 12 } }; // as in lens.css
export const BOLD = { name: 600, chosen: 700 };
const COMES = "…"; // a number that the server has not sent yet
const APART = 2; // pixels from a step's texts to the next step, at least

/** How high a state runs; the only one of a cell runs in the middle. */
export const heightOf = (/** @type {Picture} */ P, state) => (P.spec.states.length > 1 ? Y[state] : (Y.c + Y.h) / 2);

/** Where things leave the layer, and where words under them begin. */
export const levelsOf = (/** @type {Picture} */ P) => ({ rail: Y.rail, heightOf: (state) => heightOf(P, state), waits: 190, height: Y.height, startWords: 158 });

export const sizeOf = (/** @type {number} */ width) => (width < NARROW ? "narrow" : "wide");

/** From one step to the next: as far as its texts need, all steps in the window or a whole number of them. */
function pitchOf({ steps }, width, size, wide) {
  const name = 2 * (NAME_OFFSET + wide(`h${subscript(steps)}`, FONT.name, BOLD.name) + APART / 2);
  const least = Math.max(PITCH_LEAST[size], name);
  return width / clamp(Math.floor(width / least), 1, steps);
}

/**
 * Where the steps stand in a window of this width; `size` is that of the whole picture, `wide` tells how wide a text is.
 * @param {Picture} P
 * @param {number} width
 * @param {"wide" | "narrow"} size
 * @param {Ruler} wide
 * @returns {LayerGeometry}
 */
export function layerGeometry(P, width, size, wide) {
  const { steps, units, features, backwards } = P;
  const pitch = pitchOf(P, width, size, wide);
  const cellWidth = Math.min(MAX_CELL, pitch - GAP_LEAST[size]);
  const stripOf = (count) => {
    const inset = STRIP_INSET[count > 1 ? "many" : "one"];
    return { x: inset - cellWidth / 2, width: cellWidth - 2 * inset, height: STRIP_HEIGHT };
  };
  const [states, inputs] = [stripOf(units), stripOf(features)];
  const number = (written) => wide(written, FONT.number[size]);
  return {
    width, size, pitch, cell: cellWidth, strip: states, input: inputs, wide, content: pitch * steps,
    scrolls: pitch * steps > width + 1,
    middle: (t) => (t - 0.5) * pitch,
    stepAt: (x) => clamp(Math.ceil(x / pitch), 1, steps),
    whole: (left) => pitch * Math.round(left / pitch), // the nearest place to scroll to that cuts no step
    ahead: backwards ? -1 : 1, // where the next step is: to the right, or to the left
    counts: wide(fill(P.text.layer.step, { step: steps }), FONT.step, BOLD.chosen) > pitch - APART, // no room for the word
    writeState: units > 1 ? undefined : writerFor(P.spec.states.flatMap((name) => [...P.values[name]]), states.width, number),
    writeInput: features > 1 ? undefined : writerFor(P.values.x, inputs.width, number),
  };
}

/**
 * What leaves the layer: the first output's place of each step, the steps where it is zeros, and the states by name.
 * @param {Picture} P
 * @returns {Wires}
 */
export function wiresOf({ outputs }) {
  const [output, ...states] = outputs;
  return {
    output,
    places: new Map(output.steps.map((t, place) => [t, place])),
    zeros: new Set(output.zeros),
    state: (name) => states.find(({ quantity }) => quantity === name),
  };
}

// ---- small parts ----

export const line = (name, x1, y1, x2, y2, more) => ["line", { class: name, x1, y1, x2, y2, ...more }];
export const text = (name, x, y, content, more) => ["text", { class: name, x, y, ...more }, content];

/** An arrow's head with its tip at (x, y), pointing along (dx, dy), one of them 0. */
export function head(name, x, y, [dx, dy], more) {
  const [back, side] = [TIP.length, TIP.half];
  const corner = (sign) => `${x - dx * back + dy * side * sign} ${y - dy * back + dx * side * sign}`;
  return ["path", { class: name, d: `M${x} ${y}L${corner(1)}L${corner(-1)}z`, ...more }];
}

/** Which way the conveyor runs, between two cells. */
function chevron(x, y, ahead) {
  const { reach, half } = CHEVRON;
  return ["path", { class: "chevron", d: `M${x - ahead * reach} ${y - half}l${2 * ahead * reach} ${half}l${-2 * ahead * reach} ${half}` }];
}

// ---- one step ----

/** The wire of h up to the rail: lit where it leaves, with its place in the output. */
function outputWire(t, /** @type {Picture} */ P, /** @type {Wires} */ wires) {
  const name = text("h-name", NAME_OFFSET, Y.hName, `h${subscript(t)}`);
  if (!wires.places.has(t)) return [line("wire faint", 0, Y.cellTop, 0, Y.hName - NAME_OFFSET), name];
  const zero = wires.zeros.has(t);
  const wire = { stroke: P.colours.h, "data-output": wires.output.name };
  const place = wires.output.sequence ? [text("place", 0, Y.place, `[${wires.places.get(t)}]`)] : [];
  return [
    line(`wire lit${zero ? " zeros" : ""}`, 0, Y.cellTop, 0, Y.rail, wire),
    head("head", 0, Y.rail + 1, [0, -1], { fill: P.colours.h }),
    ...place,
    zero ? text("h-name", NAME_OFFSET, Y.hName, P.text.layer.zero) : name,
  ];
}

/** What goes in: a number, or a strip of features. */
export function input(t, /** @type {Picture} */ P, /** @type {LayerGeometry} */ G, /** @type {Paintings} */ paints, /** @type {Box} */ { inputTop, inputBottom } = Y) {
  const place = { ...G.input, y: inputTop, height: inputBottom - inputTop };
  return P.features > 1 ? strip(paints.x, t - 1, place, P.colours.x) : [
    ["rect", { class: "input", x: place.x, y: place.y, width: place.width, height: place.height, rx: CORNER / 2 }],
    text("input-number", 0, (inputTop + inputBottom) / 2, P.isHere(t) ? shortened(G.writeInput(P.x(t, 1))) : COMES),
  ];
}

/** The way in for it; cut off where the step is masked. */
function wayIn(t, /** @type {Picture} */ P) {
  const arrives = [line("wire x", 0, Y.inputTop, 0, Y.cellBottom), head("head x", 0, Y.cellBottom, [0, -1])];
  return P.masked(t) ? [line("wire x cut", 0, Y.inputTop, 0, Y.cellBottom + TIP.length)] : arrives;
}

/** A written number without zeros at its end. */
const shortened = (number) => (number.includes(".") ? number.replace(/\.?0+$/, "") : number);

/** Where words stand between the states, or above the only one. */
export const between = (/** @type {Picture} */ P) => (P.spec.states.length > 1 ? (Y.c + Y.h) / 2 : Y.c);

/** The states in the cell's box; at a masked step they pass through it untouched. */
function statesIn(t, /** @type {Picture} */ P, /** @type {LayerGeometry} */ G, /** @type {Paintings} */ paints) {
  const half = G.cell / 2;
  if (P.masked(t)) {
    return [
      ...P.spec.statesDrawn.map((name) => line("chain", -half, heightOf(P, name), half, heightOf(P, name), { stroke: P.colours[name] })),
      ...(G.wide(P.text.layer.masked, FONT.note) > G.cell ? [] : [text("skipped", 0, between(P), P.text.layer.masked)]),
    ];
  }
  const strips = P.spec.statesDrawn.flatMap((name) => {
    const place = { ...G.strip, y: heightOf(P, name) - STRIP_HEIGHT / 2 };
    return P.units === 1
      ? numberStrip(P.value(name, t, 1), P.isHere(t) ? G.writeState : () => COMES, P.scales[name], place, P.colours[name])
      : strip(paints[name], t - 1, place, P.colours[name]);
  });
  return strips;
}

const boxOf = (/** @type {LayerGeometry} */ G) => (
  ["rect", { class: "box", x: -G.cell / 2, y: Y.cellTop, width: G.cell, height: Y.cellBottom - Y.cellTop, rx: CORNER }]);

/** As much of a word as there is room for. */
export function begun(word, { wide, pitch }) {
  const fits = (said) => wide(said, FONT.name, BOLD.name) <= pitch - APART;
  if (fits(word)) return word;
  const letters = [...word];
  while (letters.length > 1 && !fits(`${letters.join("")}…`)) letters.pop();
  return `${letters.join("")}…`;
}

/**
 * One step with all that goes in and out.
 * @param {number} t
 * @param {Picture} P
 * @param {LayerGeometry} G
 * @param {Wires} wires
 * @param {Paintings} paints
 * @returns {Part}
 */
function drawStep(t, P, G, wires, paints) {
  const gap = -G.ahead * (G.pitch / 2);
  const word = P.labels ? [text("word", 0, Y.word, begun(P.labels[t - 1], G))] : [];
  return ["g", { class: P.masked(t) ? "step masked" : "step", "data-step": t, style: `--x: ${G.middle(t)}px` }, [
    ["rect", { class: "touch", x: -G.pitch / 2, y: 0, width: G.pitch, height: Y.height }],
    ...P.spec.statesDrawn.map((name) => chevron(gap, heightOf(P, name), G.ahead)),
    boxOf(G),
    ["g", { class: "made" }, [...outputWire(t, P, wires), ...statesIn(t, P, G, paints)]],
    ...wayIn(t, P),
    ["g", { class: "given" }, input(t, P, G, paints)],
    ...word,
    text("step-name", 0, P.labels ? Y.step : Y.word, G.counts ? String(t) : fill(P.text.layer.step, { step: t })),
  ]];
}

/** Steps `first` to `last`. */
export const drawSteps = (P, G, wires, paints, /** @type {number[]} */ [first, last]) =>
  Array.from({ length: last - first + 1 }, (_, k) => drawStep(first + k, P, G, wires, paints));

// ---- behind all steps ----

/** The conveyors of c and h, and the rail on which the output leaves. */
export function drawChains(/** @type {Picture} */ P, /** @type {LayerGeometry} */ G, { output }) {
  const exit = P.backwards ? 0 : G.content;
  const from = G.middle(output.sequence ? P.first : P.last);
  return [
    ...P.spec.statesDrawn.map((name) => line("chain", 0, heightOf(P, name), G.content, heightOf(P, name), { stroke: P.colours[name] })),
    line("wire lit rail", from, Y.rail, exit, Y.rail, { stroke: P.colours.h }),
  ];
}

/** Where the marked unit stands in a step's strips. */
export function unitMark(/** @type {Picture} */ P, /** @type {LayerGeometry} */ G, unit) {
  const box = G.strip.width / P.units;
  const width = Math.max(box, 2);
  const x = G.strip.x + (unit - 1) * box - (width - box) / 2;
  const outline = (name) => `M${x - 1} ${heightOf(P, name) - STRIP_HEIGHT / 2 - 2}h${width + 2}v${STRIP_HEIGHT + 4}h${-width - 2}z`;
  return P.spec.statesDrawn.map(outline).join("");
}
