// Rows of steps with their states, wires along each row, from row to row, and links between the steps of two rows.

import { SVG, element, scaleOf, setAttributes } from "../shared/elements.js";
import { clamp } from "../shared/numbers.js";
import { FittedView, showIn } from "../shared/view.js";
import { arrow, fitted, placeNames, stack, stackHeight } from "./parts.js";

const COLUMN = { least: 41, most: 136 };
const GAP = { narrow: 11, wide: 16 }; // between the cells of two steps
const NARROW = 60; // columns of a phone
const CELL_WIDEST = 64;
const SIDE = 22; // left and right of the rows, where the wires from row to row run
const TOP = 10;
const BETWEEN_STATES = 8;
const LINE = 17; // of text below a step
const LINKS = 58; // height that links between two rows have
const WIRE_APART = { c: 4, h: -4 }; // so that the two never cross
const RUN_APART = 9; // from the middle between two rows
const NAME_AT = { c: 170, h: 36 };
const NAME_LETTER = 7.3;

class Timeline extends FittedView {
  constructor(root) {
    super(root);
    this.rows = root.querySelector(".lens-rows");
  }

  draw() {
    const { lanes, carries, links, label, scales } = this.data;
    const { paddingLeft, paddingRight } = getComputedStyle(this.root);
    const room = this.width - parseFloat(paddingLeft) - parseFloat(paddingRight);
    this.root.setAttribute("aria-label", label);
    this.states = Object.keys(scales);
    const begins = lanes.some((lane) => lane.start);
    const columns = Math.max(...lanes.map((lane) => lane.steps.length)) + (begins ? 1 : 0);
    const side = carries.length ? SIDE : 4;
    const column = clamp((room - 2 * side) / columns, COLUMN.least, COLUMN.most);
    this.G = {
      side, column, width: 2 * side + column * columns, cell: Math.min(CELL_WIDEST, column - GAP[column < NARROW ? "narrow" : "wide"]),
      at: (k) => side + (k + (begins ? 1.5 : 0.5)) * column, // -1 is the start
    };
    this.rows.classList.toggle("lens-narrow", column < NARROW);
    this.rows.style.width = `${this.G.width}px`;
    this.rows.classList.toggle("lens-linked", links.length > 0);
    this.rows.classList.toggle("lens-carried", carries.length > 0);
    this.rows.style.setProperty("--between", `${links.length ? LINKS : 0}px`);
    this.rows.replaceChildren(...lanes.map((lane) => this.row(lane)));
    const overlay = element(["svg", { class: "lens-wires", "aria-hidden": "true" }, this.wires()], SVG);
    setAttributes(overlay, { width: this.G.width, height: this.rows.offsetHeight });
    this.rows.append(overlay);
  }

  /** A row: its title and note as text, its steps as a picture with a description of its numbers. */
  row(lane) {
    const said = lane.steps.map((step) => this.inWords(step));
    const start = lane.start ? [this.inWords(lane.start)] : [];
    const row = element(["section", {}, [["p", {}, [["b", {}, lane.title], ["span", {}, lane.note]]]]]);
    const parts = [...this.grounds(lane), ...this.chain(lane), ...this.steps(lane)];
    const lines = Math.max(...lane.steps.map((step) => (step.label ? 1 : 0) + (step.place ? 1 : 0)));
    const size = { width: this.G.width, height: this.bottom(lane) + LINE * lines + 8 };
    row.append(element(["svg", { role: "img", "aria-label": [lane.title, ...start, ...said].join("; "), ...size }, parts], SVG));
    return row;
  }

  inWords({ label, place, values, kind }) {
    const numbers = Object.entries(values).map(([state, units]) => `${state} ${units.map((value) => value.toFixed(4)).join(", ")}`);
    return [label, place, kind === "used" ? "" : kind, ...numbers].filter(Boolean).join(" ");
  }

  unitsOf(lane) {
    return Object.values(lane.steps[0].values)[0].length;
  }

  statesOf(lane) {
    return this.states.filter((state) => state in lane.steps[0].values);
  }

  top(lane, state) {
    return TOP + this.statesOf(lane).indexOf(state) * (stackHeight(this.unitsOf(lane)) + BETWEEN_STATES);
  }

  middle(lane, state) {
    return this.top(lane, state) + stackHeight(this.unitsOf(lane)) / 2;
  }

  bottom(lane) {
    return this.top(lane, this.statesOf(lane).at(-1)) + stackHeight(this.unitsOf(lane));
  }

  /** What runs from step to step. */
  chain(lane) {
    if (lane.runs === "not") return [];
    const { G } = this;
    const first = lane.start ? -1 : 0;
    return this.statesOf(lane).flatMap((state) => lane.steps.slice(1 + first).flatMap((_, k) => {
      const [near, far] = [G.at(k + first) + G.cell / 2, G.at(k + first + 1) - G.cell / 2];
      const [from, to] = lane.runs === "left" ? [far, near] : [near, far];
      return arrow(from, to, this.middle(lane, state), this.data.colours[state]);
    }));
  }

  /** What marks a step that is masked or padding, behind its numbers and the wires through it. */
  grounds(lane) {
    const [width, height] = [this.G.cell + 10, this.bottom(lane) - TOP + 10];
    return lane.steps.flatMap(({ kind }, k) => (kind === "used" ? [] : [
      ["rect", { class: `ground ${kind}`, x: this.G.at(k) - width / 2, y: TOP - 5, width, height, rx: 6 }],
    ]));
  }

  steps(lane) {
    const all = [...(lane.start ? [[lane.start, -1]] : []), ...lane.steps.map((step, k) => [step, k])];
    const places = placeNames(all.map(([step]) => step.place ?? ""), this.G.column);
    return all.map(([step, k], place) => {
      const x = this.G.at(k);
      const below = this.bottom(lane);
      const stacks = this.statesOf(lane).flatMap((state) => stack(
        step.values[state], this.data.scales[state], this.data.colours[state], { x, y: this.top(lane, state), width: this.G.cell },
      ));
      const label = fitted(step.label ?? "", this.G.column);
      const lines = [["word", step.label, label], ["place", step.place, places[place]]].filter(([, text]) => text);
      return ["g", { class: `step ${step.kind}${k < 0 ? " start" : ""}` }, [
        ...stacks,
        ...lines.map(([name, text, written], line) => (
          ["text", { class: name, x, y: below + 18 + line * LINE }, [["title", {}, text], ["tspan", {}, written]]]
        )),
      ]];
    });
  }

  wireName(name, x, y) {
    return [
      ["rect", { class: "carried-ground", x, y: y - 8, width: name.length * NAME_LETTER + 10, height: 16 }],
      ["text", { class: "carried-name", x: x + 5, y }, name],
    ];
  }

  /** Wires from a row's end to another's start, and links between steps. */
  wires() {
    const { lanes, carries, links, colours } = this.data;
    const above = this.rows.getBoundingClientRect().top;
    const boxes = [...this.rows.querySelectorAll("section svg")].map((row) => row.getBoundingClientRect());
    const scale = scaleOf(this.rows);
    const [tops, bottoms] = ["top", "bottom"].map((edge) => boxes.map((box) => (box[edge] - above) / scale));
    const right = (lane) => this.G.at(lane.steps.length - 1) + this.G.cell / 2;
    const carried = carries.flatMap(({ from, to, names }) => Object.entries(names).flatMap(([state, name]) => {
      const [source, target, apart] = [lanes[from], lanes[to], WIRE_APART[state]];
      const out = this.G.at(source.steps.length - 0.5) + SIDE / 2 + apart;
      const [leaves, enters] = [tops[from] + this.middle(source, state), tops[to] + this.middle(target, state)];
      const below = bottoms[from] + 12 + Math.sign(apart) * RUN_APART;
      const left = SIDE / 2 + apart;
      const end = this.G.at(target.start ? -1 : 0) - this.G.cell / 2;
      const bend = 6;
      const path = `M${right(source)} ${leaves}H${out - bend}q${bend} 0 ${bend} ${bend}V${below - bend}q0 ${bend} ${-bend} ${bend}`
        + `H${left + bend}q${-bend} 0 ${-bend} ${bend}V${enters - bend}q0 ${bend} ${bend} ${bend}H${end - 4}`;
      return [
        ["path", { class: "carried", stroke: colours[state], d: path }],
        ["path", { fill: colours[state], d: `M${end} ${enters}l-6 -4v8z` }],
        ...(name ? this.wireName(name, NAME_AT[state], below) : []),
      ];
    }));
    const linked = links.map(([row, step, next]) => {
      const [x, y] = [this.G.at(step), bottoms[row]];
      const [end, bottom] = [this.G.at(next), tops[row + 1] + TOP - 6];
      const half = (bottom - y) / 2;
      return ["path", { class: "link", stroke: colours.h, d: `M${x} ${y}C${x} ${y + half} ${end} ${bottom - half} ${end} ${bottom}` }];
    });
    return [...carried, ...linked];
  }
}

export default function show({ data, parentElement }) {
  return showIn(parentElement.querySelector(".lens-timeline"), Timeline, data);
}
