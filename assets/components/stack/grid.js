// A stack as a grid: lists of [tag, attributes, text or children], pure functions of the picture's data and the geometry G.

import { strip } from "../lens/strips.js";
import { fill } from "../shared/particles.js";

const STRIP_INSET = { wide: 5, narrow: 3, y: 8 }; // from a cell's sides to its strip
const TIP = 6; // an arrow's head
const JOINT = 9; // below a cell: where what it reads goes on to the other direction
const BEND = 8; // above a cell: where its h turns aside
const SIGNS = { sum: "+", mul: "×", ave: "½" };
const PREDICTION = { apart: 6, most: 96 }; // between two of them, and how wide one is

const NAME_MOST = 12; // characters of a name in one line, on a phone
const NAME_LINE = 15;

const line = (name, d, more = {}) => ["path", { class: name, d, ...more }];
const text = (name, x, y, content) => ["text", { class: name, x, y }, content];
const up = (name, x, y) => line(`${name} tip`, `M${x} ${y}l-4 ${TIP}h8z`);
const rect = (name, x, y, width, height, more = {}) => ["rect", { class: name, x, y, width, height, ...more }];

const range = (first, last) => Array.from({ length: last - first + 1 }, (_, k) => first + k);

/** Which of a layer's steps hand something on, in one of its directions. */
const hands = (layer, direction, step) => layer.sequences || step === layer.directions[direction].last;

// ---- behind the cells ----

/** At the end of a row: the states that its layer returns. */
function drawReturned({ layer, direction, middle }, /** @type {StackData} */ { layers }, { chain }) {
  const { returned, directions } = layers[layer];
  if (!returned) return [];
  const [end, ahead] = directions[direction].backwards ? [chain[0], -1] : [chain[1], 1];
  const arrow = line("chain tip", `M${end + ahead * (TIP + 2)} ${middle}l${-ahead * (TIP + 2)} -5.5v11z`);
  return [arrow, text(ahead > 0 ? "returned" : "returned leftwards", end + ahead * (TIP + 6), middle, returned)];
}

/** The row that is opened, and how each row's state runs on from step to step, and out where it is returned. */
export function drawRows(/** @type {StackData} */ data, /** @type {StackGeometry} */ G) {
  return G.rows.flatMap((row) => {
    const { layer, direction, y, middle, bottom } = row;
    const isOpen = data.opened.layer === layer && data.opened.direction === direction;
    return [
      ...(isOpen ? [rect("open", 0, y - 5, G.content, bottom - y + 10)] : []),
      line("chain", `M${G.chain[0]} ${middle}H${G.chain[1]}`),
      ...drawReturned(row, data, G),
    ];
  });
}

/** The state's arrow into a cell, from the step before or, in a row that reads backwards, from the one after. */
function arrival(step, { layer, direction, middle }, /** @type {StackData} */ data, G) {
  const ahead = data.layers[layer].directions[direction].backwards ? -1 : 1;
  return line("chain tip", `M${G.middle(step) - (ahead * G.cell) / 2} ${middle}l${-ahead * (TIP + 2)} -5.5v11z`);
}

// ---- wires ----

/** What a layer reads at a step, from `y` upwards, in all its directions. */
function readWires(place, step, from, G, name) {
  const x = G.middle(step);
  const [forward, backward] = place.rows;
  const into = [line(name, `M${x} ${from}V${forward.bottom + TIP}`), up(name, x, forward.bottom + 1)];
  if (!backward) return into;
  const beside = x + G.cell / 2 + G.gap / 4;
  const round = `M${x} ${forward.bottom + JOINT}H${beside}V${backward.bottom + JOINT}H${x}V${backward.bottom + TIP}`;
  return [...into, line(name, round), up(name, x, backward.bottom + 1)];
}

/** Where the h of a step leaves its layer: from the cell, or from where both directions are merged. */
function leaveWires(layer, place, step, G) {
  const [forward, backward] = place.rows;
  const x = G.middle(step);
  if (!backward) return [];
  const offset = apartOf(G);
  const beside = x - G.cell / 2 - G.gap / 4;
  const end = place.merge ? place.merge.y + place.merge.height : place.top;
  const passes = `M${x - offset} ${forward.y}v${-BEND}H${beside}V${backward.y - BEND}H${x - offset}V${end}`;
  const wires = [];
  if (hands(layer, 0, step)) wires.push(line("h", passes));
  if (hands(layer, 1, step)) {
    const merges = layer.sequences || !place.merge;
    const target = G.middle(layer.directions[0].last);
    const side = Math.sign(target - x) * (mergeWidth(G) / 2);
    const middle = place.merge ? place.merge.y + place.merge.height / 2 : 0;
    wires.push(line("h", merges ? `M${x + offset} ${backward.y}V${end}` : `M${x + offset} ${backward.y}V${middle}H${target - side}`));
  }
  return wires;
}

const mergeWidth = ({ cell }) => Math.min(cell, 40);

/** From a cell's middle to the h of each direction on its way up. */
const apartOf = (G) => mergeWidth(G) / 4;

/** Where both directions become one: side by side, or by arithmetic. */
function mergeNode(layer, { y, height }, x, G) {
  const width = mergeWidth(G);
  const sign = SIGNS[layer.merge];
  const inside = sign ? text("merge-sign", x, y + height / 2, sign) : line("merge-line", `M${x} ${y}v${height}`);
  return [rect("merge", x - width / 2, y, width, height, { rx: 4 }), inside];
}

/** Where wires of a step go on to above a layer: the next layer's foot, the head, or the end. */
function goalOf(k, data, G) {
  const next = G.layers[k + 1];
  return next ? { y: next.rows[0].bottom, place: next } : { y: G.end, place: undefined };
}

/** From the top of a layer to what is above it: straight up or, from a layer that reads backwards, to the mirrored step. */
function upWires(k, step, /** @type {StackData} */ data, /** @type {StackGeometry} */ G) {
  const [layer, place] = [data.layers[k], G.layers[k]];
  const { y, place: next } = goalOf(k, data, G);
  const isMerged = Boolean(place.merge);
  const several = layer.directions.length > 1 && !isMerged;
  const wire = layer.zeros.includes(step) ? "h zeros" : "h";
  const offsets = several ? [-apartOf(G), apartOf(G)] : [0];
  return offsets.flatMap((offset, direction) => {
    if (!hands(layer, direction, step)) return [];
    const from = G.middle(step) + offset;
    const start = next ? y + JOINT + TIP : y + TIP;
    const arrives = next ? [] : [up("h", (place.turned && G.crosses ? G.middle(layer.places[step - 1]) : G.middle(step)) + offset, y)];
    if (place.turned && G.crosses) {
      const to = G.middle(layer.places[step - 1]) + offset;
      const half = (place.top + start) / 2;
      return [line(`${wire} crossed`, `M${from} ${place.top}C${from} ${half} ${to} ${half} ${to} ${start}`), ...arrives];
    }
    const leads = place.turned && direction === 0 ? [text("leads", G.middle(step), (place.top + start) / 2 + 4, `→${layer.places[step - 1]}`)] : [];
    return [line(wire, `M${from} ${place.top}V${start}`), ...leads, ...arrives];
  });
}

/** All wires of a step, from what is read to what comes out. */
function wiresOf(step, /** @type {StackData} */ data, /** @type {StackGeometry} */ G) {
  return G.layers.flatMap((place, k) => {
    const layer = data.layers[k];
    const from = k === 0 ? G.foot - 2 : place.rows[0].bottom + JOINT + TIP;
    const merged = place.merge && hands(layer, 0, step) ? mergeNode(layer, place.merge, G.middle(step), G) : [];
    return [
      ...readWires(place, step, from, G, k === 0 ? "x" : "h"),
      ...leaveWires(layer, place, step, G),
      ...upWires(k, step, data, G),
      ...merged,
    ];
  });
}

// ---- cells ----

/** A cell: its h in stripes; a masked one lets its state through. */
function drawCell({ layer: k, direction, y, middle, bottom }, step, /** @type {StackData} */ data, G, paints, at) {
  const layer = data.layers[k];
  const x = G.middle(step);
  const isMasked = layer.masked.includes(step);
  const [left, width] = [x - G.cell / 2, G.cell];
  const inset = STRIP_INSET[G.size];
  const place = { x: left + inset, y: y + STRIP_INSET.y, width: width - 2 * inset, height: bottom - y - 2 * STRIP_INSET.y };
  const inside = isMasked
    ? [line("chain through", `M${left} ${middle}h${width}`)]
    : strip(paints.layers[k][direction], step - 1, place, data.colour);
  const row = G.rows.findIndex((one) => one.layer === k && one.direction === direction);
  const facts = { name: layer.name, step, direction: layer.directions[direction].name };
  const named = [fill(data.text.cell, facts), facts.direction, isMasked ? data.text.masked : ""].filter(Boolean).join(", ");
  const isOpen = data.opened.layer === k && data.opened.direction === direction;
  const look = {
    class: `cell${isMasked ? " masked" : ""}${isOpen && step === at.step ? " chosen" : ""}`, role: "button", "aria-label": named,
    "data-row": row, "data-step": step, tabindex: at.row === row && at.cursor === step ? 0 : -1,
  };
  return ["g", look, [rect("box", left, y, width, bottom - y, { rx: 6 }), ...inside]];
}

/** The head's prediction at a step of what it reads. */
function drawPrediction(step, /** @type {StackData} */ { head, layers, colour }, G, paints) {
  const top = layers.at(-1);
  const row = top.sequences ? step - 1 : 0;
  if (!top.sequences && step !== top.directions[0].last) return [];
  const width = Math.min(PREDICTION.most, G.pitch - PREDICTION.apart);
  const x = G.middle(step) - width / 2;
  const { y, height } = G.head;
  const box = rect("prediction", x, y, width, height, { rx: 6 });
  if (head.columns === 1) return [box, text("number", G.middle(step), y + height / 2, paints.write(paints.predictions[row]))];
  return [box, ...strip(paints.head, row, { x: x + 3, y: y + 5, width: width - 6, height: height - 10 }, colour)];
}

/** How wide a prediction's number may be. */
export const numberRoom = (/** @type {StackGeometry} */ { pitch }) => Math.min(PREDICTION.most, pitch - PREDICTION.apart) - 2;

/** As much of a word as a column has room for. */
function begun(word, G, /** @type {Ruler} */ wide) {
  const letters = [...word];
  if (wide(word, 12, 600) <= G.pitch - 2) return word;
  while (letters.length > 1 && wide(`${letters.join("")}…`, 12, 600) > G.pitch - 2) letters.pop();
  return `${letters.join("")}…`;
}

/**
 * Steps `first` to `last` of all layers; `at` is the chosen step and where the keyboard's cursor stands.
 * @param {StackData} data
 * @param {StackGeometry} G
 */
export function drawSteps(data, G, paints, at, wide, /** @type {number[]} */ span) {
  const steps = range(span[0], span[1]);
  return [
    ["g", { class: "wires" }, steps.flatMap((step) => wiresOf(step, data, G))],
    ...steps.flatMap((step) => G.rows.map((row) => arrival(step, row, data, G))),
    ...(data.head ? steps.flatMap((step) => drawPrediction(step, data, G, paints)) : []),
    ...G.rows.flatMap((row) => steps.map((step) => drawCell(row, step, data, G, paints, at))),
    ...steps.flatMap((step) => [
      ...(data.labels ? [text("word", G.middle(step), G.foot + 14, begun(data.labels[step - 1], G, wide))] : []),
      text("step", G.middle(step), G.foot + (data.labels ? 31 : 14), String(step)),
    ]),
  ];
}

// ---- names, left of the window ----

/** A layer's name in two lines, if it wraps another: `Bidirectional(` and that; on a phone, also where it is long. */
export function nameLines(name, /** @type {"wide" | "narrow"} */ size) {
  const wraps = /^(\w+\()(\w+\(.*)$/.exec(name);
  const long = size === "narrow" && name.length > NAME_MOST ? /^(\w+\([^,]+,) (.+)$/.exec(name) : null;
  return (wraps ?? long)?.slice(1) ?? [name];
}

/** Names beside the rows with the shapes of what is handed on, right-aligned at `x`. */
export function drawNames(/** @type {StackData} */ data, /** @type {StackGeometry} */ G, x) {
  const beside = (kind, name, middle, shape = "") => {
    const lines = [...nameLines(name, G.size).map((part) => [kind, part]), ...(shape ? [["note", shape]] : [])];
    return lines.map(([one, part], row) => text(one, x, middle + (row - (lines.length - 1) / 2) * NAME_LINE, part));
  };
  const layers = G.layers.flatMap((place, k) => {
    const layer = data.layers[k];
    const middle = (place.rows[0].middle + place.rows.at(-1).middle) / 2;
    return [
      ...beside(`name${data.opened.layer === k ? " chosen" : ""}`, layer.name, middle, layer.shape),
      ...(place.merge ? beside("note", layer.merge, place.merge.y + place.merge.height / 2) : []),
      ...(layer.behind ? beside("note", layer.behind, place.top - 18) : []),
    ];
  });
  const top = data.head ? beside("name", data.head.name, G.head.y + G.head.height / 2, data.head.shape) : beside("note", data.text.output, G.end + 4);
  return [...layers, ...top, ...(data.front ? beside("note", data.front, G.foot + 10) : [])];
}
