// Both ends of the unrolled layer, and the loop it folds into: pure functions like those of layer.js.

import { subscript } from "../shared/numbers.js";
import { fill } from "../shared/particles.js";
import { writerFor } from "./fit.js";
import { BOLD, CORNER, FONT, NAME_OFFSET, STRIP_HEIGHT, TIP, Y, between, head, heightOf, line, text } from "./layer.js";
import { numberStrip, strip } from "./strips.js";

// From the window's edge outwards, in pixels
const START = { wide: 92, narrow: 46, name: 26, strip: { wide: 14, narrow: 10 }, above: 19 }; // the narrow one has names above
const EXIT = { wide: 176, narrow: 106, box: 20, edge: 2, state: 8 };
const BOX = { height: 38, first: -6, second: 12, pad: 9, order: 7 }; // an output's box, and its two lines' baselines
const STUB = { length: 12, half: 6 }; // the end of a wire that does not leave
const WAITING = { c: 8, h: 14 }; // the wires of a stateful layer's states
const LOOP = { reach: 26, over: 36, under: 184, corner: 14, label: 10, line: 18 }; // the way back around the cell

export const endWidths = (size) => ({ start: START[size], exit: EXIT[size] });

/** From a distance outwards of the window to a place on an end that is `width` wide, left or right of the window. */
const outwards = (side, width) => (side === "left" ? (distance) => width - distance : (distance) => distance);

const anchored = (anchor) => ({ style: `text-anchor: ${anchor}` });

/** A box of some width whose near side is `distance` from the window. */
const boxAt = (side, at, distance, width) => (side === "left" ? at(distance + width) : at(distance));

// ---- where the layer begins ----

/** The initial h and c, and their wires into the first step. */
export function drawStart(side, width, /** @type {Picture} */ P, /** @type {Paintings} */ paints, { size, wide }) {
  const at = outwards(side, width);
  const near = START.strip[size];
  const beside = size === "wide";
  const room = width - near - (beside ? START.name : EXIT.edge);
  const write = P.units > 1 ? undefined
    : writerFor(P.spec.states.map((name) => P.initialValues[name][0]), room, (number) => wide(number, FONT.number[size]));
  return P.spec.statesDrawn.flatMap((name) => {
    const y = heightOf(P, name);
    const place = { x: boxAt(side, at, near, room), y: y - STRIP_HEIGHT / 2, width: room, height: STRIP_HEIGHT };
    const values = P.units === 1
      ? numberStrip(P.initialValues[name][0], write, P.scales[name], place, P.colours[name])
      : strip(paints[`${name}0`], 0, place, P.colours[name]);
    const label = beside ? [at(near + room + NAME_OFFSET), y] : [place.x + room / 2, y - START.above];
    const anchor = beside ? (side === "left" ? "end" : "start") : "middle";
    return [
      line("chain", at(near), y, at(0), y, { stroke: P.colours[name] }),
      ...values,
      text("state-name", ...label, `${name}₀`, anchored(anchor)),
    ];
  });
}

export const startInWords = ({ start, call, text: { layer } }) => fill(layer[`start_${start}`], { call: call - 1 });

// ---- where it ends ----

/** A lit wire to a box with the output's number, name and shape. */
function outputBox(side, at, width, y, { order, name, shape, quantity }, colours) {
  const wide = width - EXIT.box - EXIT.edge;
  const x = boxAt(side, at, EXIT.box, wide);
  const stroke = colours[quantity];
  const out = side === "left" ? -1 : 1;
  const room = { "data-room": wide - 2 * BOX.pad };
  return ["g", { class: "output", "data-output": name }, [
    line("wire lit", at(0), y, at(EXIT.box - TIP.length + 1), y, { stroke }),
    head("head", at(EXIT.box), y, [out, 0], { fill: stroke }),
    ["rect", { class: "output-box", x, y: y - BOX.height / 2, width: wide, height: BOX.height, rx: CORNER, stroke, fill: stroke }],
    ["text", { class: "output-name", x: x + BOX.pad, y: y + BOX.first + 4, ...room }, [
      ...(order ? [["tspan", { class: "order" }, String(order)]] : []), ["tspan", { dx: order ? BOX.order : 0 }, name]]],
    text("output-shape", x + BOX.pad, y + BOX.second, shape, room),
  ]];
}

/** A state that does not leave by a wire of its own: it ends here. The last h may have left as the output. */
function stub(side, at, width, y, name, /** @type {Picture} */ P, /** @type {Wires} */ wires) {
  const look = { ...anchored(side === "left" ? "end" : "start"), "data-room": width - EXIT.box };
  const leaves = name === "h" && wires.places.has(P.last) && !wires.zeros.has(P.last);
  return ["g", { class: "kept" }, [
    line("wire faint", at(0), y, at(STUB.length), y),
    line("wire faint", at(STUB.length), y - STUB.half, at(STUB.length), y + STUB.half),
    text("kept-name", at(EXIT.box), y - 5, `${name}${subscript(P.last)}`, look),
    text("kept-note", at(EXIT.box), y + 10, leaves ? P.text.layer.only_output : P.text.layer.not_returned, look),
  ]];
}

/** What leaves the layer, each on its own wire, and what does not: where, `levels` of the layer's picture say. */
export function drawExit(side, width, /** @type {Picture} */ P, /** @type {Wires} */ wires, { rail, heightOf: heights, waits }) {
  const at = outwards(side, width);
  const states = P.spec.statesDrawn.map((name) => {
    const state = wires.state(name);
    const y = heights(name);
    return state ? outputBox(side, at, width, y, state, P.colours) : stub(side, at, width, y, name, P, wires);
  });
  const waiting = P.stateful ? P.spec.statesDrawn.flatMap((name) => [
    ["path", { class: "waiting", d: `M${at(WAITING[name])} ${heights(name)}V${waits - TIP.length}`, stroke: P.colours[name] }],
    head("head", at(WAITING[name]), waits, [0, 1], { fill: P.colours[name] }),
  ]) : [];
  return [outputBox(side, at, width, rail, wires.output, P.colours), ...states, ...waiting];
}

// ---- the loop ----

/** From the cell's one side around to its other: over it or under it. */
function around(half, y, beyond, ahead) {
  const { reach, corner } = LOOP;
  const turn = beyond < y ? -1 : 1;
  const run = Math.abs(beyond - y) - 2 * corner;
  const q = (dx, dy, horizontal) => (horizontal
    ? `q${dx} 0 ${dx} ${dy}` : `q0 ${dy} ${dx} ${dy}`);
  const out = ahead * corner;
  return `M${ahead * half} ${y}h${ahead * (reach - corner)}${q(out, turn * corner, true)}v${turn * run}${q(-out, turn * corner, false)}`
    + `h${-ahead * 2 * (half + reach - corner)}${q(-out, -turn * corner, true)}v${-turn * run}${q(out, -turn * corner, false)}h${ahead * (reach - corner - TIP.length)}`;
}

/** The loop around a cell at x = 0: what c and h of a step are to the next one; and the rail from here. */
export function drawLoop(/** @type {Picture} */ P, /** @type {LayerGeometry} */ G) {
  const half = G.cell / 2;
  const ways = { c: LOOP.over, h: LOOP.under };
  const beside = G.width / 2 - half - LOOP.reach - LOOP.label; // room for words in the window
  return [
    ...P.spec.statesDrawn.flatMap((name) => [
      ["path", { class: "loop", pathLength: 1, d: around(half, heightOf(P, name), ways[name], G.ahead), stroke: P.colours[name] }],
      head("head", -G.ahead * half, heightOf(P, name), [G.ahead, 0], { fill: P.colours[name] }),
    ]),
    ...[G.ahead > 0 ? "t + 1" : "t − 1", P.text.layer.next_turn].filter((words) => G.wide(words, FONT.name, BOLD.name) <= beside)
      .map((words, k) => text(k ? "turn-note" : "turn", G.ahead * (half + LOOP.reach + LOOP.label),
        between(P) + k * LOOP.line, words, anchored(G.ahead > 0 ? "start" : "end"))),
    line("wire lit", 0, Y.rail, G.ahead * G.content, Y.rail, { stroke: P.colours.h }),
  ];
}
