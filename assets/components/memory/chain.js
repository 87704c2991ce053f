// c as a band, as thick as its value. At each step the forget gate lets a part of it through; what is new comes from above.

import { SVG, element, setAttributes } from "../shared/elements.js";
import { fill } from "../shared/particles.js";
import { FittedView, showIn } from "../shared/view.js";

const CHAIN = { edge: 10, key: 22, above: 58, thick: 108, below: 62, taper: 16, least: 34, seen: 0.01, wide: 44 };

class Chain extends FittedView {
  draw() {
    const svg = this.root.querySelector("svg");
    const inner = this.width - parseFloat(getComputedStyle(this.root).paddingLeft) * 2;
    const place = placesIn(this.data, inner);
    setAttributes(svg, { width: inner, height: place.height, "aria-label": this.data.text.alt });
    const parts = [...key(this.data, place), ...band(this.data, place), ...inflows(this.data, place), ...numbers(this.data, place)];
    svg.replaceChildren(...parts.map((part) => element(part, SVG)));
  }
}

/** Where things stand: the band's middle, half its thickness for a value, and each step's x. */
function placesIn({ steps }, width) {
  const across = (width - CHAIN.edge * 2) / steps.length;
  const most = Math.max(1, ...steps.map(({ before, after }) => Math.max(Math.abs(before), Math.abs(after))));
  const stacked = width < 520 ? CHAIN.key : 0; // the key takes two lines
  const top = CHAIN.key + stacked + CHAIN.above;
  return {
    width,
    across,
    top,
    stacked,
    middle: top + CHAIN.thick / 2,
    height: top + CHAIN.thick + CHAIN.below,
    taper: Math.min(CHAIN.taper, across / 2),
    half: (value) => (Math.abs(value) / most) * (CHAIN.thick / 2),
    x: (step) => CHAIN.edge + step * across,
    every: Math.ceil(CHAIN.least / across),
  };
}

function key({ text, colours }, { stacked }) {
  const second = stacked ? { x: 0, y: CHAIN.key + 8 } : { x: 260, y: 8 };
  return [
    ["rect", { x: 0, y: 2, width: 13, height: 13, rx: 3, fill: colours.c }],
    ["text", { x: 20, y: 13 }, text.kept],
    ["rect", { x: second.x, y: second.y - 6, width: 13, height: 13, rx: 3, fill: colours.f }],
    ["text", { x: second.x + 20, y: second.y + 5 }, text.lost],
  ];
}

/** The band itself, and on both sides of it what each gate kept back. */
function band({ steps, colours }, { x, half, taper, middle, width }) {
  const edge = [[x(0), half(steps[0].before)]];
  const lost = [];
  steps.forEach(({ before, kept, after }, k) => {
    const [from, to] = [x(k), x(k) + taper];
    edge.push([from, half(before)], [to, half(after)], [x(k + 1), half(after)]);
    const [outer, inner] = [half(before), half(kept)];
    if (outer <= inner) return;
    for (const side of [-1, 1]) {
      const line = [[from, outer], [to, outer], [to, inner]].map(([across, up]) => `${across} ${middle + side * up}`);
      lost.push(
        ["path", { class: "lost", d: `M${line.join("L")}Z`, fill: colours.f }],
        ["path", { class: "blade", d: `M${to} ${middle + side * outer}V${middle + side * inner}`, stroke: colours.f }],
      );
    }
  });
  const upper = edge.map(([across, up]) => `${across} ${middle - up}`);
  const lower = [...edge].reverse().map(([across, up]) => `${across} ${middle + up}`);
  return [
    ["path", { class: "bed", d: `M0 ${middle}H${width}` }],
    ["path", { class: "band", d: `M${[...upper, ...lower].join("L")}Z`, fill: colours.c }],
    ...lost,
  ];
}

/** An arrow where something is written; in words where it is the first one. */
function inflows({ steps, colours, text }, { x, half, taper, middle, top, width }) {
  const written = steps.map((step, k) => ({ ...step, k })).filter((step) => Math.abs(step.written) >= CHAIN.seen);
  return written.flatMap(({ k, written: value, after }, place) => {
    const at = x(k) + taper + 8;
    const tip = middle - half(after) - 2;
    const said = fill(text.written, { value: value.toFixed(4) });
    return [
      ["path", { class: "written", d: `M${at} ${top - CHAIN.above + 14}V${tip - 8}`, stroke: colours.i }],
      ["path", { d: `M${at} ${tip}l-7 -10h14z`, fill: colours.i }],
      ...(place || at + 14 > width / 2 ? [] : [["text", { x: at + 14, y: top - CHAIN.above + 26 }, said]]),
    ];
  });
}

function numbers({ steps, text }, { x, across, top, every, width, height }) {
  const centre = (k) => x(k) + across / 2;
  const shown = steps.map((step, k) => ({ ...step, k })).filter(({ k }) => k % every === 0);
  return [
    ...shown.flatMap(({ k, after, step }) => [
      ["text", { class: "number", x: centre(k), y: top + CHAIN.thick + 18 }, after.toFixed(across < CHAIN.wide ? 2 : 3)],
      ["text", { class: "step", x: centre(k), y: top + CHAIN.thick + 37 }, String(step)],
    ]),
    ["text", { class: "axis", x: width / 2, y: height - 6 }, text.axis],
  ];
}

export default function show({ data, parentElement }) {
  return showIn(parentElement.querySelector(".lens-chain"), Chain, data);
}
