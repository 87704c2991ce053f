// Attention over time: every h with its weight, how they mix into the context, and one step's numbers term by term.

import { SVG, element, placeIn, setAttributes } from "../shared/elements.js";
import { clamp, subscript } from "../shared/numbers.js";
import { fill } from "../shared/particles.js";
import { FittedView, showIn } from "../shared/view.js";
import { fitted, placeNames, stack, stackHeight } from "./parts.js";

const COLUMN_LEAST = 50;
const GAP = 14;
const CELL_WIDEST = 64;
const ABOVE = { title: 13, context: 24, fan: 76, name: 14 };
const BELOW = { bar: 72, number: 16, row: 19 };
const THICK = { least: 1, most: 26 }; // of the wires to the context
const MAX_TERMS = 4; // products written out; the rest is summed
const DIGITS = 4;

const HUGE = 1e6; // a masked step's score: Keras takes 1e9 off it

const number = (value) => (Math.abs(value) < HUGE ? value.toFixed(DIGITS) : value.toExponential(0));
const bracketed = (value) => (value < 0 ? `(${number(value)})` : number(value));
const sum = (values) => values.reduce((total, value) => total + value, 0);

/** A vector as text: its first numbers, and that there are more. */
const vector = (values) => `[${values.slice(0, MAX_TERMS).map(number).join(", ")}${values.length > MAX_TERMS ? ", …" : ""}]`;

class Attention extends FittedView {
  constructor(root) {
    super(root, root.querySelector(".lens-across"));
    const part = (selector) => root.querySelector(selector);
    this.parts = {
      columns: part(".lens-columns"), across: part(".lens-across"), above: part(".lens-above"),
      below: part(".lens-below"), buttons: part(".lens-step-buttons"), terms: part(".lens-terms"),
    };
    this.parts.columns.addEventListener("click", (event) => this.click(event));
  }

  show(data) {
    this.step = Math.min(this.step ?? data.largest, data.labels.length - 1);
    super.show(data);
  }

  click(event) {
    const button = event.target.closest("button"); // a key presses it without a place
    const { x } = placeIn(this.parts.columns, event);
    const step = button ? [...this.parts.buttons.children].indexOf(button) : Math.floor(x / this.G.column);
    this.step = clamp(step, 0, this.data.labels.length - 1);
    this.fit();
  }

  draw() {
    const { labels, times, text } = this.data;
    const { columns, across, buttons, above, below } = this.parts;
    const column = Math.max(COLUMN_LEAST, this.width / labels.length);
    this.G = { column, cell: Math.min(CELL_WIDEST, column - GAP), width: column * labels.length, at: (k) => (k + 0.5) * column };
    columns.style.width = `${this.G.width}px`;
    across.setAttribute("aria-label", text.picture);
    buttons.setAttribute("aria-label", text.choose);
    const focused = [...buttons.children].indexOf(document.activeElement);
    const places = placeNames(times.map((step) => fill(text.step, { step })), column);
    buttons.replaceChildren(...labels.map((label, k) => element([
      "button", { type: "button", "aria-pressed": String(k === this.step), title: label }, [
        ["b", {}, fitted(label, column - 6)], ["span", {}, places[k]],
      ],
    ])));
    if (focused >= 0) buttons.children[focused]?.focus();
    this.paint(above, this.above(), text.above);
    this.paint(below, this.below(), text.below);
    this.parts.terms.replaceChildren(...this.terms().map((line) => element(line)));
  }

  paint(svg, { height, parts, said }, label) {
    setAttributes(svg, { width: this.G.width, height, "aria-label": `${label} ${said}` });
    svg.replaceChildren(...parts.map((part) => element(part, SVG)));
  }

  /** Context, the wires into it as thick as the weights, and the h of every step. */
  above() {
    const { values, weights, context, shades, colour, text, labels, times } = this.data;
    const tall = stackHeight(context.length);
    const middle = this.G.width / 2;
    const bottom = ABOVE.context + tall;
    const top = bottom + ABOVE.fan;
    const place = (k, y) => ({ x: this.G.at(k), y, width: this.G.cell });
    const last = labels.length - 1;
    const fan = weights.map((weight, k) => ["path", {
      class: `fan${k === this.step ? " chosen" : ""}`, stroke: colour, "stroke-width": Math.max(THICK.least, THICK.most * weight),
      d: `M${this.G.at(k)} ${top - 2}C${this.G.at(k)} ${top - ABOVE.fan / 2} ${middle} ${bottom + ABOVE.fan / 2} ${middle} ${bottom + 2}`,
    }]);
    const parts = [
      ...fan,
      ["text", { class: "title", x: middle, y: ABOVE.title }, [["tspan", {}, text.context], ["tspan", { class: "shape", dx: 8 }, text.context_shape]]],
      ...stack(context, shades, colour, { x: middle, y: ABOVE.context, width: CELL_WIDEST }),
      ...values.flatMap((value, k) => [
        ...(k === this.step ? [["rect", { class: "chosen-column", x: this.G.at(k) - this.G.cell / 2 - 5, y: top - 5, width: this.G.cell + 10, height: tall + 30, rx: 6 }]] : []),
        ...stack(value, shades, colour, place(k, top)),
        ["text", { class: "name", x: this.G.at(k), y: top + tall + ABOVE.name + 2 }, k === last ? text.query : `h${subscript(times[k])}`],
      ]),
    ];
    const said = [`${text.context} ${vector(context)}`, ...values.map((value, k) => `${labels[k]} ${vector(value)}`)].join("; ");
    return { height: top + tall + ABOVE.name + 12, parts, said };
  }

  /** The weights as bars, with their numbers, and the scores they are made of. */
  below() {
    const { weights, scores, labels, text } = this.data;
    const reach = Math.max(...weights);
    const base = BELOW.bar + BELOW.number;
    const parts = weights.flatMap((weight, k) => {
      const height = Math.max(1, (BELOW.bar * weight) / reach);
      return [
        ["rect", { class: `bar${k === this.step ? " chosen" : ""}`, x: this.G.at(k) - this.G.cell / 2, y: base - height, width: this.G.cell, height, rx: 2 }],
        ["text", { class: "weight", x: this.G.at(k), y: base - height - 5 }, this.short(weight)],
        ["text", { class: "score", x: this.G.at(k), y: base + BELOW.row }, this.short(scores[k])],
      ];
    });
    parts.push(["text", { class: "score-name", x: 2, y: base + 2 * BELOW.row }, text.rows]);
    const said = weights.map((weight, k) => `${labels[k]} ${number(weight)}`).join("; ");
    return { height: base + 2 * BELOW.row + 6, parts, said };
  }

  short(value) {
    return this.G.column < 62 && Math.abs(value) < HUGE ? value.toFixed(3) : number(value);
  }

  /** The chosen step's score, weight and share of the context, as lines with their numbers. */
  terms() {
    const { values, query, scores, weights, context, scale, text, labels, times } = this.data;
    const t = this.step;
    const [name, value] = [subscript(times[t]), values[t]];
    const products = value.slice(0, MAX_TERMS).map((part, k) => `${number(query[k])} × ${bracketed(part)}`).join(" + ");
    const more = value.length > MAX_TERMS ? " + …" : "";
    const dot = `(${products}${more})`;
    const largest = Math.max(...scores);
    const below = largest > 50 ? largest : 0; // as softmax does anyway, so that no power overflows
    const power = (score) => Math.exp(score - below);
    const less = below ? ` − ${number(below)}` : "";
    const last = subscript(times.at(-1));
    const line = (label, formula, result) => ["p", {}, [["span", {}, label], ["code", {}, [["span", {}, formula], ["b", {}, ` = ${result}`]]]]];
    return [
      ["h4", {}, fill(text.terms, { step: times[t], word: labels[t] })],
      line(text.score, `h${last}·h${name}${scale === 1 ? "" : ` × ${scale}`} = ${dot}${scale === 1 ? "" : ` × ${scale}`}`, number(scores[t])),
      line(text.weight, `exp(${number(scores[t])}${less}) / ${text.sum} = ${number(power(scores[t]))} / ${number(sum(scores.map(power)))}`, number(weights[t])),
      line(text.share, `${number(weights[t])} × ${vector(value)}`, vector(value.map((part) => part * weights[t]))),
      line(text.context, text.all_shares, vector(context)),
    ];
  }
}

export default function show({ data, parentElement }) {
  return showIn(parentElement.querySelector(".lens-attention"), Attention, data);
}
