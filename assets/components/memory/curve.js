// A curve over the steps since the first: dots are what happened, the dashed line what was expected, marks are named points.

import { SVG, element, setAttributes } from "../shared/elements.js";
import { FittedView, showIn } from "../shared/view.js";

const CURVE = { left: 50, right: 14, key: 22, plot: 250, bottom: 44, dot: 6, tick: 34, gap: 12, between: 16 };

class Curve extends FittedView {
  draw() {
    const { data } = this;
    const svg = this.root.querySelector("svg");
    const place = spread(data, this.width - parseFloat(getComputedStyle(this.root).paddingLeft) * 2);
    const { x, y } = place;
    const line = data.expected.map(([step, value], k) => `${k ? "L" : "M"}${x(step)} ${y(value)}`).join("");
    const parts = [
      ...legend(data, place),
      ...axes(data, place),
      ["path", { class: "expected", d: line }],
      ...data.real.map((value, k) => ["circle", { class: "real", cx: x(k), cy: y(value), r: CURVE.dot, fill: data.colour }]),
      ...data.marks.flatMap((mark) => marked(mark, place)),
    ];
    setAttributes(svg, { width: place.width, height: place.height, "aria-label": data.text.alt });
    svg.replaceChildren(...parts.map((part) => element(part, SVG)));
  }
}

/** Functions from step and value to pixels, and what they leave room for. */
function spread({ real, expected }, width) {
  const values = [0, ...real, ...expected.map(([, value]) => value)];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const stacked = width < 520 ? CURVE.key : 0; // the legend takes two lines
  const top = CURVE.key + stacked + CURVE.between;
  const across = (width - CURVE.left - CURVE.right) / Math.max(1, real.length - 1);
  const floor = top + CURVE.plot;
  const up = CURVE.plot / (high - low || 1);
  return {
    width, low, high, stacked, floor, height: floor + CURVE.bottom, every: Math.ceil(CURVE.tick / across),
    x: (step) => CURVE.left + step * across,
    y: (value) => floor - (value - low) * up,
  };
}

function legend({ text, colour }, { stacked }) {
  const second = stacked ? { x: 0, y: CURVE.key + 8 } : { x: 260, y: 8 };
  return [
    ["circle", { class: "real", cx: 8, cy: 8, r: CURVE.dot, fill: colour }],
    ["text", { x: 22, y: 13 }, text.real],
    ["line", { class: "expected", x1: second.x, x2: second.x + 26, y1: second.y, y2: second.y }],
    ["text", { x: second.x + 33, y: second.y + 5 }, text.expected],
  ];
}

function axes({ real, text, marks }, { low, high, every, floor, width, height, x, y }) {
  const levels = [low, high, ...marks.map(({ value }) => value)].filter((value, k, all) => all.indexOf(value) === k);
  return [
    ["line", { class: "axis", x1: CURVE.left, x2: width - CURVE.right, y1: y(0), y2: y(0) }],
    ...levels.map((value) => ["text", { class: "level", x: CURVE.left - CURVE.gap, y: y(value) }, value.toFixed(2)]),
    ...real.map((_, step) => step).filter((step) => step % every === 0).map((step) =>
      ["text", { class: "tick", x: x(step), y: floor + 20 }, String(step)]),
    ["text", { class: "tick", x: (CURVE.left + width) / 2, y: height - 4 }, text.axis],
  ];
}

/** A mark: across from its value, down to its step, and its words on the side where there is room. */
function marked({ after, value, words }, { x, y, width }) {
  const [across, up] = [x(after), y(value)];
  const beyond = across > width * 0.6;
  return [
    ["path", { class: "mark", d: `M${CURVE.left} ${up}H${across}V${y(0)}` }],
    ["circle", { class: "point", cx: across, cy: up, r: CURVE.dot + 3 }],
    ["text", {
      class: "mark-words", x: across + (beyond ? -CURVE.gap : CURVE.gap), y: up - CURVE.gap,
      "text-anchor": beyond ? "end" : "start",
    }, words],
  ];
}

export default function show({ data, parentElement }) {
  return showIn(parentElement.querySelector(".lens-curve"), Curve, data);
}
