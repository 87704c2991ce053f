// One feature over the steps, drawn with mouse, finger or keys. Values are whole hundredths of -1 to 1.

import { SVG, element, setAttributes } from "../shared/elements.js";
import { clamp } from "../shared/numbers.js";
import { fill } from "../shared/particles.js";
import { FittedView, showIn, views } from "../shared/view.js";

const SKETCH = { left: 40, right: 14, top: 12, bottom: 26, height: 230, tick: 42, dots: 8, point: 4.5, now: 7 };
const REACH = 100; // hundredths up and down
const SMALL = 5, LARGE = 25; // what an arrow key and a page key add, in hundredths
const REST = 400; // milliseconds without a key after which the values are told

class Sketch extends FittedView {
  constructor(root) {
    super(root, root.querySelector("svg"));
    this.svg = this.measured;
    this.send = undefined; // tells the server what was drawn
    this.step = 0;
    this.svg.addEventListener("pointerdown", (event) => this.begin(event));
    this.svg.addEventListener("pointermove", (event) => this.from !== undefined && this.stroke(event));
    for (const end of ["pointerup", "pointercancel"]) this.svg.addEventListener(end, () => this.end());
    this.svg.addEventListener("keydown", (event) => this.press(event));
    this.svg.addEventListener("blur", () => this.tell());
  }

  destroy() {
    clearTimeout(this.rests);
    super.destroy();
  }

  /** Show what the server has, unless something newer was drawn meanwhile. */
  show(data) {
    const newer = this.changed && this.values.length === data.values.length;
    if (newer) {
      this.data = data;
      return;
    }
    this.values = data.values;
    this.changed = false;
    this.step = clamp(this.step, 0, this.values.length - 1);
    super.show(data);
  }

  begin(event) {
    if (event.button) return;
    this.svg.setPointerCapture(event.pointerId);
    this.from = undefined;
    this.stroke(event);
  }

  /** Set every step that the pointer passed since it was last heard of. */
  stroke(event) {
    const box = this.svg.getBoundingClientRect();
    const last = this.values.length - 1;
    const step = clamp(Math.round((event.clientX - box.left - SKETCH.left) / this.across), 0, last);
    const value = this.valueAt(event.clientY - box.top);
    const from = this.from ?? { step, value };
    for (let k = Math.min(from.step, step); k <= Math.max(from.step, step); k += 1) {
      const share = step === from.step ? 1 : (k - from.step) / (step - from.step);
      this.values[k] = Math.round(from.value + (value - from.value) * share);
    }
    this.from = { step, value };
    this.step = step;
    this.changed = true;
    this.fit();
  }

  end() {
    if (this.from === undefined) return;
    this.from = undefined;
    this.tell();
  }

  press(event) {
    const last = this.values.length - 1;
    const steps = { ArrowLeft: this.step - 1, ArrowRight: this.step + 1, Home: 0, End: last };
    const adds = { ArrowUp: SMALL, ArrowDown: -SMALL, PageUp: LARGE, PageDown: -LARGE };
    if (event.key in steps) {
      this.step = clamp(steps[event.key], 0, last);
    } else if (event.key in adds) {
      this.values[this.step] = clamp(this.values[this.step] + adds[event.key], -REACH, REACH);
      this.changed = true;
      clearTimeout(this.rests);
      this.rests = setTimeout(() => this.tell(), REST);
    } else {
      return;
    }
    event.preventDefault();
    this.fit();
  }

  /** Tell the server what was drawn. */
  tell() {
    clearTimeout(this.rests);
    if (!this.changed) return;
    this.changed = false;
    this.send([...this.values]);
  }

  valueAt(y) {
    const share = (y - SKETCH.top) / (SKETCH.height - SKETCH.top - SKETCH.bottom);
    return Math.round(clamp(REACH - share * 2 * REACH, -REACH, REACH));
  }

  draw() {
    const last = this.values.length - 1;
    this.across = (this.width - SKETCH.left - SKETCH.right) / Math.max(1, last);
    const x = (step) => SKETCH.left + step * this.across;
    const y = (value) => SKETCH.top + ((REACH - value) / (2 * REACH)) * (SKETCH.height - SKETCH.top - SKETCH.bottom);
    const every = Math.ceil(SKETCH.tick / this.across);
    const now = this.values[this.step];
    const parts = [
      ...[REACH, 0, -REACH].flatMap((value) => [
        ["line", { class: value ? "rule" : "zero", x1: SKETCH.left, x2: this.width - SKETCH.right, y1: y(value), y2: y(value) }],
        ["text", { class: "level", x: SKETCH.left - 10, y: y(value) }, String(value / REACH)],
      ]),
      ...this.values.map((_, step) => step).filter((step) => step % every === 0).map((step) =>
        ["text", { class: "tick", x: x(step), y: SKETCH.height - 6 }, String(step + 1)]),
      ["line", { class: "here", x1: x(this.step), x2: x(this.step), y1: y(REACH), y2: y(-REACH) }],
      ["polyline", { class: "line", points: this.values.map((value, step) => `${x(step)},${y(value)}`).join(" ") }],
      ...(this.across < SKETCH.dots ? [] : this.values.map((value, step) =>
        ["circle", { class: "point", cx: x(step), cy: y(value), r: SKETCH.point }])),
      ["circle", { class: "point now", cx: x(this.step), cy: y(now), r: SKETCH.now }],
    ];
    this.svg.replaceChildren(...parts.map((part) => element(part, SVG)));
    const said = fill(this.data.text.now, { step: this.step + 1, value: (now / REACH).toFixed(2) });
    setAttributes(this.svg, {
      "aria-label": this.data.text.label, "aria-valuemin": -1, "aria-valuemax": 1, "aria-valuenow": now / REACH, "aria-valuetext": said,
    });
    this.root.querySelector(".lens-sketch-now").textContent = said;
  }
}

export default function show({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".lens-sketch");
  const end = showIn(root, Sketch, data);
  views.get(root).send = (values) => setTriggerValue("drawn", values);
  return end;
}
