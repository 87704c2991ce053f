// One call over T steps, T calls over one step each under it, and h of both on the same time axis.

import { cellColour } from "../shared/colours.js";
import { SVG, element, setAttributes } from "../shared/elements.js";
import { clamp } from "../shared/numbers.js";
import { fill } from "../shared/particles.js";
import { FittedView, showIn } from "../shared/view.js";

const FEED = {
  wide: 175, narrow: 44, box: 0.66, gap: 22, // across: of a step, and how much of it is its box
  way: 16, c: 40, h: 62, strip: 15, top: 26, bottom: 76, // down, in each of both ways: its words, its wires, its frame
  mask: 90, square: 12, row: 8, // the squares of a mask, and how many stand in a row
  ways: 28, label: 4, key: 34, chart: 130, dot: 5, second: 190, apart: 14,
};
const ROOMY = { from: 560, left: 52, right: 58, names: 4 }; // from this width on; margins; units that have names
const TIGHT = { left: 44, right: 10, names: 2 };

/** Places on the time axis for a width. */
function axisOf({ labels }, width) {
  const roomy = width >= ROOMY.from;
  const { left, right } = roomy ? ROOMY : TIGHT;
  const pitch = clamp((width - left - right) / labels.length, FEED.narrow, FEED.wide);
  const half = Math.min(pitch * FEED.box, pitch - FEED.gap) / 2;
  return { roomy, left, pitch, half, end: left + pitch * labels.length, width: left + right + pitch * labels.length, x: (step) => left + (step + 0.5) * pitch };
}

const rule = (kind, x1, y1, x2, y2, more = {}) => ["line", { class: kind, x1, y1, x2, y2, ...more }];

const words = (kind, x, y, content, more = {}) => ["text", { class: kind, x, y, ...more }, content];

/** The units of a state in a box: one coloured cell each. */
function stateStrip(values, scale, stroke, x, y, width) {
  const each = width / values.length;
  return [
    ...values.map((value, unit) => ["rect", {
      x: x + unit * each, y: y - FEED.strip / 2, width: each, height: FEED.strip,
      fill: `rgb(${cellColour(value, scale).map(Math.round).join(" ")})`,
    }]),
    ["rect", { class: "strip", x, y: y - FEED.strip / 2, width, height: FEED.strip, rx: 2, stroke }],
  ];
}

/** A wire into a step's box: whole, or cut off with a zero in its place. */
function wireInto(from, to, y, stroke, whole) {
  if (whole) return [rule("chain", from, y, to, y, { stroke })];
  const end = from + (to - from) * 0.36;
  return [
    rule("chain", from, y, end, y, { stroke }),
    rule("cut", end, y - 6, end, y + 6),
    words("zero", to - 2, y, "0"),
  ];
}

/** The squares of a mask under a step: filled where the feature is kept, empty and crossed where it is dropped. */
function maskSquares(mask, x, top, pitch) {
  const columns = Math.min(mask.length, FEED.row);
  const size = Math.min(FEED.square, (pitch - 8) / columns - 2);
  const left = x - (columns * (size + 2) - 2) / 2;
  return mask.flatMap((kept, feature) => {
    const at = { x: left + (feature % columns) * (size + 2), y: top + Math.floor(feature / columns) * (size + 2) };
    const square = ["rect", { class: kept ? "kept" : "dropped", ...at, width: size, height: size, rx: 2 }];
    return kept ? [square] : [square, rule("dropped", at.x + 2, at.y + size - 2, at.x + size - 2, at.y + 2)];
  });
}

const maskHeight = ({ once }) => (once.masks ? Math.ceil(once.masks[0].length / FEED.row) * (FEED.square + 2) + 16 : 0);

/** One of both ways: its words, the frames of its calls, the wires of both states, and its masks. */
function drawWay(P, A, top, name) {
  const single = name === "once";
  const last = P.labels.length - 1;
  const [start, end] = [A.x(0) - A.half, A.x(last) + A.half];
  const pad = 5;
  const frame = (from, to) => ["rect", {
    class: "call", x: from, y: top + FEED.top, width: to - from, height: FEED.bottom - FEED.top, rx: 8,
  }];
  const frames = single
    ? [frame(start - pad, end + pad)]
    : P.labels.map((_, step) => frame(A.x(step) - A.half, A.x(step) + A.half));
  const wires = Object.keys(P.scales).flatMap((state) => {
    const [y, stroke, inset] = [top + FEED[state], P.colours[state], single ? pad : 0];
    const begun = !single && P.started.includes(state);
    const outside = start - inset;
    const first = begun ? [rule("chain", 18, y, outside, y, { stroke })] : [words("zero", outside - 4, y, "0")];
    const goesOn = single || P.handed.includes(state);
    const between = P.labels.slice(1).flatMap((_, step) => wireInto(A.x(step) + A.half, A.x(step + 1) - A.half, y, stroke, goesOn));
    return [words("state", begun ? 12 : outside - 18, y, state), ...first, ...between];
  });
  const inner = A.half - (single ? 0 : Math.min(5, A.half / 4));
  const strips = P.labels.flatMap((_, step) => Object.keys(P.scales).flatMap((state) => stateStrip(
    P[name][state][step], P.scales[state], P.colours[state], A.x(step) - inner, top + FEED[state], 2 * inner)));
  return [words("way", 0, top + FEED.way, P.text[single ? "one_call" : "calls"]), ...frames, ...wires, ...strips, ...drawMasks(P, A, top, name)];
}

/** The masks under a way: one bracket around what is one mask. */
function drawMasks(P, A, top, name) {
  const { masks } = P[name];
  if (!masks) return [];
  const y = top + FEED.mask;
  const under = y + maskHeight(P) - 14;
  const [from, to] = [A.x(0) - A.half, A.x(masks.length - 1) + A.half];
  const brackets = name === "once" ? [[from, to]] : masks.map((_, step) => [A.x(step) - A.half, A.x(step) + A.half]);
  return [
    words("side", A.left - 4, y + FEED.square / 2, P.text[name === "once" ? "one_mask" : "masks"]),
    ...masks.flatMap((mask, step) => maskSquares(mask, A.x(step), y, A.pitch)),
    ...brackets.map(([left, right]) => ["path", { class: "bracket", d: `M${left} ${under - 5}v5H${right}v-5` }]),
  ];
}

/** h of both ways: lines for the one call, dots for the many, and between them how far they are apart. */
function drawChart(P, A, top) {
  const all = [...P.once.h.flat(), ...P.calls.h.flat(), 0];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const floor = top + FEED.key + FEED.chart;
  const y = (value) => floor - ((value - low) / (high - low || 1)) * FEED.chart;
  const units = P.once.h[0].map((_, unit) => unit);
  const colour = (unit) => `color-mix(in srgb, ${P.colours.h}, var(--ink) ${Math.round((65 * (unit + 1)) / units.length)}%)`;
  const levels = [low, 0, high].filter((value, k, values) => values.indexOf(value) === k && (value === 0 || Math.abs(y(value) - y(0)) > 12));
  const steps = P.labels.map((_, step) => step);
  const second = A.roomy ? { x: A.left + FEED.second, y: top + 10 } : { x: A.left, y: top + 30 };
  return [
    rule("curve", A.left, top + 10, A.left + 26, top + 10, { stroke: P.colours.h }),
    words("key", A.left + 33, top + 10, P.text.line),
    ["circle", { class: "dot", cx: second.x + 13, cy: second.y, r: FEED.dot, fill: P.colours.h }],
    words("key", second.x + 33, second.y, P.text.dots),
    ...levels.flatMap((value) => [words("side", A.left - 6, y(value) + 22, value === 0 ? "0" : value.toFixed(2))]),
    ["g", { transform: "translate(0 22)" }, [
      rule("axis", A.left, y(0), A.end, y(0)),
      ...units.flatMap((unit) => [
        ...steps.filter((step) => P.once.h[step][unit] !== P.calls.h[step][unit]).map((step) =>
          rule("apart", A.x(step), y(P.once.h[step][unit]), A.x(step), y(P.calls.h[step][unit]))),
        ["path", {
          class: "curve", style: `stroke: ${colour(unit)}`,
          d: steps.map((step) => `${step ? "L" : "M"}${A.x(step)} ${y(P.once.h[step][unit])}`).join(""),
        }],
        ...steps.map((step) => ["circle", {
          class: "dot", cx: A.x(step), cy: y(P.calls.h[step][unit]), r: FEED.dot, style: `fill: ${colour(unit)}`,
        }]),
      ]),
    ]],
    ...unitNames(P, A, colour, (value) => y(value) + 22, top),
  ];
}

/** The units' names, at the ends of their lines but not over one another; where there is no room, in the key. */
function unitNames(P, A, colour, y, top) {
  const last = P.labels.length - 1;
  const names = P.once.h[last].map((value, unit) => ({ unit, at: y(value), said: fill(P.text.unit, { unit: unit + 1 }) }));
  if (names.length > (A.roomy ? ROOMY.names : TIGHT.names)) return [];
  if (!A.roomy) {
    return names.flatMap(({ unit, said }) => [
      ["rect", { x: A.end - 62, y: top + 4 + unit * 20, width: 12, height: 12, rx: 2, style: `fill: ${colour(unit)}` }],
      words("unit", A.end - 44, top + 10 + unit * 20, said),
    ]);
  }
  let above = -Infinity;
  return names.sort((one, other) => one.at - other.at).map(({ at, said }) => {
    above = Math.max(at, above + FEED.apart);
    return words("unit", A.x(last) + 12, above, said);
  });
}

class FeedingPicture extends FittedView {
  constructor(root) {
    super(root, root.querySelector(".lens-feeding-window"));
  }

  draw() {
    const { data: P, measured: window } = this;
    const svg = window.querySelector("svg");
    const A = axisOf(P, this.width);
    const way = FEED.bottom + FEED.ways + maskHeight(P);
    const chart = 2 * way + FEED.label;
    const height = chart + FEED.key + FEED.chart + 34;
    setAttributes(svg, { width: A.width, height, "aria-label": P.text.alt });
    window.setAttribute("aria-label", P.text.alt);
    const parts = [
      ...drawWay(P, A, 0, "once"),
      ...drawWay(P, A, way, "calls"),
      ...P.labels.map((label, step) => words("label", A.x(step), 2 * way - FEED.ways + 18, label)),
      ...drawChart(P, A, chart),
    ];
    svg.replaceChildren(...parts.map((part) => element(part, SVG)));
  }
}

export default function show({ data, parentElement }) {
  return showIn(parentElement.querySelector(".lens-feeding"), FeedingPicture, data);
}
