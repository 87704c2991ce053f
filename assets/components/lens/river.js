// The memory of one unit over the whole layer as a river: pure functions like those of layer.js. Its height is the
// memory's size, hatched where that is below 0; what a step writes flows in from below, what it drops leaks out.

import { clamp } from "../shared/numbers.js";
import { fill } from "../shared/particles.js";
import { drawingOf } from "./drawings.js";
import { FONT, BOLD, begun, head, input, line, text } from "./layer.js";
import { cellOf, exactly } from "./terms.js";

// From top to bottom, in pixels: in a window that is high, and in one that is not; with what the model says, and without
const LEVELS = {
  high: { height: 250, rail: 24, base: 40, most: 28, text: 56, says: [118, 36], silent: [98, 54], inputTop: 196, inputBottom: 222, step: 241 },
  low: { height: 194, rail: 20, base: 27, most: 17, text: 42, says: [90, 26], silent: [74, 40], inputTop: 148, inputBottom: 170, step: 187 },
};
const OTHER_STATE = 44; // from the memory down to the end of another state
const WAITS = 34; // from there down to the words of a stateful layer
const BEND = 0.24; // of a step's width to each side of its middle: there the river grows or shrinks
const LEAST = 1.5; // pixels of a stream, however little it carries
const WIDEST = 0.4; // of a step's width that a stream takes at most
const TURN = 14; // pixels of a bend, more where a stream is wide
const LEAK = { at: 0.31, long: 30, room: { beside: 96, on: 120 } }; // where what is dropped leaves; steps as wide have room for its number
const SEEN = 0.005; // what is less is 0.00
const GAP = { value: 7, side: 6, stream: 4, input: 8, frame: 1.5 };
const WORD = { most: 96, apart: 8, inset: 4 }; // the box of a step's word
const BAR = { width: 22, track: 30 };
const HELD = { y: 8, radius: 3.5, apart: 10 }; // the dots of gates in hand
const LARGE = 1000; // numbers from here on have powers of ten

/** Which state the river shows: the first that is drawn. */
export const memoryOf = (/** @type {Picture} */ P) => P.spec.statesDrawn[0];

/** The river's heights for a unit, in a window that is high enough or `low`. */
export function riverGeometry(/** @type {Picture} */ P, unit, low) {
  const { says, silent, ...levels } = LEVELS[low ? "low" : "high"];
  const [centre, half] = P.says ? says : silent;
  const memory = memoryOf(P);
  const heightOf = (state) => (state === memory ? centre : centre + OTHER_STATE);
  const waits = Math.max(...P.spec.statesDrawn.map(heightOf)) + WAITS;
  const reach = P.reach[unit - 1];
  const start = highOf(P.initialValues[memory][unit - 1], { half, reach });
  return { ...levels, centre, half, reach, heightOf, waits, startWords: centre + start / 2 + 8 };
}

/** A number as one reads it in passing: two decimals. */
export function brief(value) {
  if (!Number.isFinite(value)) return exactly(value);
  if (Math.abs(value) >= LARGE) return value.toExponential(0).replace("+", "");
  const said = value.toFixed(2);
  return Number(said) === 0 ? said.replace("-", "") : said;
}

/** A number that is added: with its sign. */
export const signed = (value) => (value > -SEEN ? `+${brief(value)}` : brief(value));

/** How high so much is, in pixels; inf and nan are as high as can be. */
export function highOf(value, { half, reach }) {
  const share = Math.min(1, Math.abs(value) / reach);
  return 2 * half * (share >= 0 ? share : 1);
}

/**
 * What a step does to the memory: how much was there and is there then; and, where gates decide, what of it is dropped
 * and what is written.
 * @returns {Flow}
 */
export function flowOf(/** @type {Picture} */ P, t, unit) {
  const memory = memoryOf(P);
  const { numbers } = cellOf(P, t, unit);
  const [from, to] = [P.before(memory, t, unit), numbers[memory]];
  const [sum] = P.spec.sums;
  if (!sum || P.masked(t)) return { from, to };
  const [kept, written] = sum.parts.map((part) => numbers[part]);
  return { from, to, dropped: from - kept, written };
}

// ---- the river itself ----

/** From [x, half the height] to the next, level at both ends, above the centre (-1) or below it (1). */
function edge(centre, side, [first, ...others]) {
  let [x, half] = first;
  return others.map(([nextX, nextHalf]) => {
    const middle = (x + nextX) / 2;
    const curve = half === nextHalf ? `H${nextX}` : `C${middle} ${centre + side * half} ${middle} ${centre + side * nextHalf} ${nextX} ${centre + side * nextHalf}`;
    [x, half] = [nextX, nextHalf];
    return curve;
  }).join("");
}

/** What lies between two edges of which the lower is the upper one's mirror. */
function stretch(centre, points) {
  const [[x, half]] = points;
  const back = points.toReversed();
  const [[endX, endHalf]] = back;
  return `M${x} ${centre - half}${edge(centre, -1, points)}L${endX} ${centre + endHalf}${edge(centre, 1, back)}z`;
}

/** The two edges alone. */
const outline = (centre, points) => [-1, 1].map((side) => `M${points[0][0]} ${centre + side * points[0][1]}${edge(centre, side, points)}`).join("");

/** The river through one step, about its middle: paths of what is above 0 and of what is below. */
export function throughStep({ from, to }, middle, ahead, pitch, /** @type {RiverGeometry} */ R, drawn = stretch) {
  const [h0, h1] = [from, to].map((value) => highOf(value, R) / 2);
  const at = (share) => middle + ahead * share * pitch;
  const [start, bends, rests, end] = [-0.5, -BEND, BEND, 0.5].map(at);
  if (from * to < 0) {
    const parts = [drawn(R.centre, [[start, h0], [bends, h0], [middle, 0]]), drawn(R.centre, [[middle, 0], [rests, h1], [end, h1]])];
    return from > 0 ? { above: parts[0], below: parts[1] } : { above: parts[1], below: parts[0] };
  }
  const whole = drawn(R.centre, [[start, h0], [bends, h0], [rests, h1], [end, h1]]);
  return from < 0 || to < 0 ? { above: "", below: whole } : { above: whole, below: "" };
}

/** Lines across what is below 0, and how streams fade: where `id` begins the names of this picture's. */
function looks(id, /** @type {Picture} */ P, { keep, write }) {
  const fades = (name, quantity, way, stops) => ["linearGradient", { id: `${id}-${name}`, ...way }, stops.map(([offset, opacity]) => (
    ["stop", { offset, "stop-color": P.colours[quantity], "stop-opacity": opacity }]))];
  const along = (backwards) => (backwards ? { x1: 1, x2: 0 } : { x1: 0, x2: 1 });
  return ["defs", {}, [
    ["pattern", { id: `${id}-below`, width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" }, [
      ["rect", { class: "hatch", width: 2.5, height: 6 }]]],
    ...(write ? [
      fades("joins", write, along(P.backwards), [[0, 1], [0.3, 0.9], [1, 0]]),
      fades("cancels", write, { x1: 0, x2: 0, y1: 0, y2: 1 }, [[0, 0], [0.28, 0.9], [1, 1]]),
      fades("leaks", keep, { ...along(P.backwards), y1: 0, y2: 1 }, [[0, 0], [0.4, 0.85], [0.65, 0.6], [1, 0]]),
    ] : []),
  ]];
}

/** The quantities whose colours streams have: of what keeps, and of what writes; none where a cell has no gates for it. */
export function coloursOf({ spec }) {
  const { parts } = drawingOf(spec);
  const colour = (node) => { const part = parts.find((one) => one.node === node); return part && (part.colour ?? node); };
  return { keep: colour("keep"), write: colour("write") };
}

/** The edges of the river as it is with no gate held, through steps `first` to `last`; none where none is. */
function drawFree(/** @type {Picture} */ P, /** @type {LayerGeometry} */ G, /** @type {RiverGeometry} */ R, unit, [first, last]) {
  if (!P.free) return [];
  let d = "";
  for (let t = first; t <= last; t += 1) {
    if (!P.isHere(t) || !P.isHere(P.previous(t) ?? t)) continue;
    const flow = { from: P.free.before(t, unit), to: P.free.memory(t, unit) };
    const { above, below } = throughStep(flow, G.middle(t), G.ahead, G.pitch, R, outline);
    d += above + below;
  }
  return [["path", { class: "free", d }]];
}

/** The river of a unit through steps `first` to `last`. */
export function drawRiver(/** @type {Picture} */ P, /** @type {LayerGeometry} */ G, /** @type {RiverGeometry} */ R, unit, /** @type {number[]} */ [first, last], id) {
  const paths = { above: "", below: "" };
  for (let t = first; t <= last; t += 1) {
    if (!P.isHere(t) || !P.isHere(P.previous(t) ?? t)) continue;
    const { above, below } = throughStep(flowOf(P, t, unit), G.middle(t), G.ahead, G.pitch, R);
    paths.above += above;
    paths.below += below;
  }
  const fills = P.colours[memoryOf(P)];
  return [
    looks(id, P, coloursOf(P)),
    line("thread", 0, R.centre, G.content, R.centre, { stroke: fills }),
    ["path", { class: "river", d: paths.above, fill: fills }],
    ["path", { class: "river below", d: paths.below, fill: fills }],
    ["path", { class: "hatched", d: paths.below, fill: `url(#${id}-below)` }],
    ...drawFree(P, G, R, unit, [first, last]),
  ];
}

// ---- what a step does to it ----

/** How wide the stream of what is written is. */
const wideOf = (written, { pitch }, R) => clamp(highOf(written, R), LEAST, WIDEST * pitch);

/** What is written: joins the river where it has the same sign, else takes from it. */
function inflow({ from, to, written }, /** @type {LayerGeometry} */ G, /** @type {RiverGeometry} */ R, id) {
  const wide = wideOf(written, G, R);
  const lower = (value) => R.centre + highOf(value, R) / 2;
  const joins = written * to >= 0;
  const lane = Math.max(R.centre, lower(to) - wide / 2);
  const turn = Math.min(G.pitch * BEND, TURN + wide / 4, R.inputTop - lane);
  const top = joins ? lane + turn : Math.max(lower(from), lower(to)) - Math.min(8, R.half / 3);
  const way = joins
    ? `M0 ${R.inputTop}V${top}Q0 ${lane} ${G.ahead * turn} ${lane}H${(G.ahead * G.pitch) / 2}`
    : `M-0.01 ${R.inputTop}L0.01 ${top}`; // a box of no width has no gradient
  return [
    ["path", { class: "stream in", d: way, stroke: `url(#${id}-${joins ? "joins" : "cancels"})`, "stroke-width": wide }],
    ...(written < 0 ? [["path", { class: "stream", d: `M0 ${R.inputTop}V${top}`, stroke: `url(#${id}-below)`, "stroke-width": wide }]] : []),
  ];
}

/** What is dropped: leaves downwards before anything is written. */
function leak({ from, dropped }, /** @type {LayerGeometry} */ G, /** @type {RiverGeometry} */ R, id) {
  const wide = clamp(highOf(dropped, R), LEAST, (0.5 - LEAK.at) * 1.6 * G.pitch);
  const lower = R.centre + highOf(from, R) / 2;
  const lane = Math.max(R.centre, lower - wide / 2);
  const [start, down] = [-0.5, -LEAK.at].map((share) => G.ahead * share * G.pitch);
  return [["path", {
    class: "stream out", d: `M${start} ${lane}Q${down} ${lane} ${down} ${lane + Math.max(TURN, wide / 2)}V${lower + LEAK.long}`,
    stroke: `url(#${id}-leaks)`, "stroke-width": wide,
  }]];
}

/** Whether the number of what is written has room beside it. */
const isBeside = (/** @type {Flow} */ flow, /** @type {LayerGeometry} */ G, /** @type {RiverGeometry} */ R) => (
  flow.written === undefined || wideOf(flow.written, G, R) / 2 + GAP.stream + G.wide(signed(flow.written), FONT.step, BOLD.name) <= G.pitch / 2 - 1);

/** Both, and their numbers as far as there is room: what is written has its number `beside` it, or on it. */
function streams(flow, /** @type {LayerGeometry} */ G, /** @type {RiverGeometry} */ R, beside, id) {
  const { from, to, dropped, written } = flow;
  if (written === undefined) return [];
  const isDropped = !(Math.abs(dropped) < SEEN);
  const [gains, loses] = [signed(written), signed(-dropped)];
  const side = wideOf(written, G, R) / 2 + GAP.stream;
  const place = beside ? [G.ahead * side, { style: `text-anchor: ${G.ahead > 0 ? "start" : "end"}` }] : [0, {}];
  const under = R.centre + Math.max(highOf(from, R), highOf(to, R)) / 2;
  return [
    ...(isDropped ? leak(flow, G, R, id) : []),
    ...inflow(flow, G, R, id),
    text("gain", place[0], R.inputTop - GAP.input, gains, place[1]),
    ...(isDropped && G.pitch >= LEAK.room[beside ? "beside" : "on"] && under + LEAK.long + 12 < R.inputTop - GAP.input
      ? [text("loss", -G.ahead * LEAK.at * G.pitch, R.inputTop - GAP.input, loses)] : []),
  ];
}

/** What the model says at a step: how sure it is as a bar, and its words. */
function saying({ text: words, share }, /** @type {LayerGeometry} */ G, { base, most, text: y }) {
  const high = Math.max(1.5, most * clamp(share ?? 0, 0, 1));
  const bar = share === null ? [] : [
    line("saying-track", -BAR.track / 2, base, BAR.track / 2, base),
    ["rect", { class: "saying-bar", x: -BAR.width / 2, y: base - high, width: BAR.width, height: high, rx: Math.min(2, high / 2) }],
  ];
  return [...bar, text("saying", 0, y, begun(words, G))];
}

/** How sure the model is of what it says with no gate held, where that is something else. */
function sayingFree({ share }, said, { base, most }) {
  if (share === null || Math.abs(share - (said?.share ?? 0)) < SEEN) return [];
  const high = Math.max(1.5, most * clamp(share, 0, 1));
  return [["rect", { class: "saying-free", x: -BAR.width / 2, y: base - high, width: BAR.width, height: high, rx: Math.min(2, high / 2) }]];
}

/** A dot for each gate of the unit that is held at a step. */
function drawHeld(t, /** @type {Picture} */ P, unit) {
  const held = P.spec.gatesInCell.filter((gate) => P.heldAt(gate, t, unit));
  return held.map((gate, k) => ["circle", { class: "held", cx: (k - (held.length - 1) / 2) * HELD.apart, cy: HELD.y, r: HELD.radius, fill: P.colours[gate] }]);
}

/** The word of a step in its box, or its numbers. */
function given(t, /** @type {Picture} */ P, /** @type {LayerGeometry} */ G, /** @type {RiverGeometry} */ R, paints) {
  if (!P.labels) return input(t, P, G, paints, R);
  const [y, height] = [R.inputTop, R.inputBottom - R.inputTop];
  const width = Math.min(G.pitch - WORD.apart, WORD.most);
  return [
    ["rect", { class: "input", x: -width / 2, y, width, height, rx: 6 }],
    text("input-word", 0, y + height / 2, begun(P.labels[t - 1], { ...G, pitch: width - WORD.inset })),
  ];
}

/** One step, drawn around x = 0 like those of layer.js. */
function drawStep(t, /** @type {Picture} */ P, /** @type {LayerGeometry} */ G, /** @type {RiverGeometry} */ R, paints, unit, beside, id) {
  const isHere = P.isHere(t) && P.isHere(P.previous(t) ?? t);
  const flow = isHere && flowOf(P, t, unit);
  const [said, free] = [P.says, P.free?.says].map((of) => of?.steps[t - 1]);
  const under = isHere ? R.centre + highOf(flow.to, R) / 2 : R.centre;
  const value = isHere && text("value", G.ahead * (G.pitch / 2 - GAP.side), R.centre - highOf(flow.to, R) / 2 - GAP.value, brief(flow.to),
    { style: `text-anchor: ${G.ahead > 0 ? "end" : "start"}` });
  const made = [
    ...(said ? saying(said, G, R) : []),
    ...(free ? sayingFree(free, said, R) : []),
    ...drawHeld(t, P, unit),
    ...(isHere && !P.masked(t) ? streams(flow, G, R, beside, id) : []),
    ...(P.masked(t) && G.wide(P.text.layer.masked, FONT.note) < G.pitch ? [text("skipped", 0, (under + R.inputTop) / 2, P.text.layer.masked)] : []),
    ...(value ? [value] : []),
  ];
  const arrives = flow && flow.written === undefined && !P.masked(t)
    ? [line("wire x", 0, R.inputTop, 0, under + 6), head("head x", 0, under + 3, [0, -1])] : [];
  return ["g", { class: P.masked(t) ? "step masked" : "step", "data-step": t, style: `--x: ${G.middle(t)}px` }, [
    ["rect", { class: "touch", x: -G.pitch / 2, y: 0, width: G.pitch, height: R.height }],
    ["g", { class: "made" }, [...made, ...arrives]],
    ["g", { class: "given" }, given(t, P, G, R, paints)],
    text("step-name", 0, R.step, G.counts ? String(t) : fill(P.text.layer.step, { step: t })),
    ["rect", { class: "frame", x: GAP.frame - G.pitch / 2, y: GAP.frame, width: G.pitch - 2 * GAP.frame, height: R.height - 2 * GAP.frame, rx: 8 }],
  ]];
}

/** What steps `first` to `last` do to the memory of a unit. */
export function drawRiverSteps(/** @type {Picture} */ P, /** @type {LayerGeometry} */ G, /** @type {RiverGeometry} */ R, paints, unit, /** @type {number[]} */ [first, last], id) {
  const shown = Array.from({ length: last - first + 1 }, (_, k) => first + k);
  const beside = shown.every((t) => !P.isHere(t) || isBeside(flowOf(P, t, unit), G, R)); // all alike
  return shown.map((t) => drawStep(t, P, G, R, paints, unit, beside, id));
}
