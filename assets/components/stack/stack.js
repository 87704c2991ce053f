// A stack of layers: keeps where the cursor stands, follows the step of the page's other pictures, and asks the server to
// open another layer.

import { rulerOf, writerFor } from "../lens/fit.js";
import { inView, scrolledTo } from "../lens/navigation.js";
import { painted } from "../lens/strips.js";
import { SVG, element, setAttributes } from "../shared/elements.js";
import { clamp, decode } from "../shared/numbers.js";
import { FittedView, STEP_EVENT, showIn, views } from "../shared/view.js";
import { drawNames, drawRows, drawSteps, nameLines, numberRoom } from "./grid.js";
import { keyMove, layOut, sizeOf } from "./layout.js";

const MAX_DRAWN = 64; // steps drawn at once; of longer sequences those around the window
const BESIDE = 12; // between the names and the window
const FONT = { wide: 12, narrow: 12 }; // of numbers, as in stack.css
const LETTER = { wide: 7.9, narrow: 6.7 }; // of a name, as in stack.css

const numbers = (bdata) => decode({ bdata });

/** A picture of values, a row a step, from which strips are cut. */
async function paint(values, columns, scale) {
  const image = new Image();
  image.src = painted(values, columns, scale).toDataURL();
  await image.decode();
  return { image, href: image.src, rows: values.length / columns, columns };
}

/** What the cells of a stack are cut from, by layer and direction, and the head's predictions. */
async function paintings(/** @type {StackData} */ { layers, head, scale }) {
  const predictions = head && numbers(head.values);
  const [ofHead, ...ofLayers] = await Promise.all([
    head ? paint(predictions, head.columns, head.scale) : undefined,
    ...layers.map(({ directions }) => Promise.all(directions.map(({ values, columns }) => paint(numbers(values), columns, scale)))),
  ]);
  return { layers: ofLayers, head: ofHead, predictions, write: undefined };
}

class Stack extends FittedView {
  constructor(root) {
    super(root);
    const part = (selector) => root.querySelector(selector);
    this.parts = { hint: part(".stack-hint"), names: part(".stack-names"), window: part(".stack-window"), picture: part(".stack-window svg"), notes: part(".stack-notes") };
    /** @type {any} */
    this.G = undefined;
    this.send = undefined; // tells the server which layer to open
    this.step = undefined; // where the page's other pictures stand
    this.cursor = { row: 0, step: 1 }; // the cell that Tab comes to
    this.left = 0;
    this.gone = new AbortController();
    const { signal } = this.gone;
    this.parts.picture.addEventListener("click", (event) => this.choose(this.placeOf(event)));
    this.parts.picture.addEventListener("keydown", (event) => this.press(event));
    this.parts.window.addEventListener("scroll", () => this.scrolled());
    document.addEventListener(STEP_EVENT, ({ detail }) => this.follow(detail), { signal });
  }

  destroy() {
    this.gone.abort();
    super.destroy();
  }

  async show({ picture: /** @type {StackData} */ data }) {
    this.latest = data;
    const paints = await paintings(data);
    if (this.latest !== data || this.gone.signal.aborted) return;
    this.paints = paints;
    super.show(data);
    if (!this.step) this.tell({ pinned: false }); // whoever keeps the step says which it is
  }

  draw() {
    const { root, parts, data } = this;
    this.ruler = rulerOf(root);
    const { paddingLeft, paddingRight } = getComputedStyle(root);
    const room = this.width - parseFloat(paddingLeft) - parseFloat(paddingRight);
    const size = sizeOf(room);
    const names = [data.front, data.text.output, data.head?.name ?? "", ...data.layers.flatMap(({ name, behind, merge }) => [name, behind, merge ?? ""])];
    const letters = Math.max(...names.flatMap((name) => nameLines(name, size)).map((part) => part.length));
    const gutter = Math.ceil(LETTER[size] * letters) + 2;
    root.classList.toggle("stack-narrow", size === "narrow");
    this.G = layOut(data, room - gutter - BESIDE, size);
    const { G } = this;
    if (data.head) this.paints.write = writerFor(this.paints.predictions, numberRoom(G), (number) => this.ruler(number, FONT[size], 600));
    root.setAttribute("aria-label", data.text.alt);
    root.style.setProperty("--colour", data.colour);
    parts.hint.textContent = data.text.hint;
    parts.notes.textContent = data.notes.join(" ");
    setAttributes(parts.names, { width: gutter, height: G.height });
    parts.names.replaceChildren(...drawNames(data, G, gutter).map((part) => element(part, SVG)));
    setAttributes(parts.picture, { width: G.content, height: G.height, "aria-label": data.text.alt });
    this.cursor = { row: clamp(this.cursor.row, 0, G.rows.length - 1), step: clamp(this.cursor.step, 1, data.steps) };
    this.drawn = undefined;
    this.drawSteps();
  }

  /** Draw the steps in and around the window, unless they are drawn already. */
  drawSteps() {
    const { data, G, parts } = this;
    const [first, last] = inView(G, this.left);
    if (this.drawn && this.drawn[0] <= first && last <= this.drawn[1]) return;
    const spare = Math.max(0, Math.floor((MAX_DRAWN - (last - first + 1)) / 2));
    this.drawn = data.steps <= MAX_DRAWN ? [1, data.steps] : [Math.max(1, first - spare), Math.min(data.steps, last + spare)];
    const at = { step: this.step, row: this.cursor.row, cursor: this.cursor.step };
    const focused = parts.picture.contains(document.activeElement);
    const drawn = [...drawRows(data, G), ...drawSteps(data, G, this.paints, at, this.ruler, this.drawn)];
    parts.picture.replaceChildren(...drawn.map((part) => element(part, SVG)));
    if (focused) this.cellAt(this.cursor)?.focus();
  }

  cellAt({ row, step }) {
    return this.parts.picture.querySelector(`.cell[data-row="${row}"][data-step="${step}"]`);
  }

  placeOf({ target }) {
    const cell = target.closest(".cell");
    return cell && { row: Number(cell.dataset.row), step: Number(cell.dataset.step) };
  }

  /** Let the window show a step. */
  bring(step) {
    const left = scrolledTo(this.G, this.left, step);
    if (left !== this.left) this.parts.window.scrollLeft = this.left = left;
    this.drawSteps();
  }

  scrolled() {
    const left = this.parts.window.scrollLeft;
    if (!this.G || Math.abs(left - this.left) < 1) return;
    this.left = left;
    this.drawSteps();
  }

  /** Mark the step at which the opened layer is shown. */
  mark() {
    const { opened } = this.data;
    const row = this.G.rows.findIndex(({ layer, direction }) => layer === opened.layer && direction === opened.direction);
    for (const cell of this.parts.picture.querySelectorAll(".cell.chosen")) cell.classList.remove("chosen");
    this.cellAt({ row, step: this.step })?.classList.add("chosen");
  }

  // -- what someone does --

  press(event) {
    const place = this.placeOf(event);
    if (!place || !this.G || event.ctrlKey || event.metaKey || event.altKey) return;
    const to = keyMove(this.data, this.G.rows.length, place, event.key);
    if (to) this.moveCursor(to);
    else if (event.key === "Enter" || event.key === " ") this.choose(place);
    else return;
    event.preventDefault();
  }

  moveCursor(to) {
    this.cellAt(this.cursor)?.setAttribute("tabindex", "-1");
    this.cursor = to;
    this.bring(to.step);
    const cell = this.cellAt(to);
    cell.setAttribute("tabindex", "0");
    cell.focus({ preventScroll: true });
  }

  /** A cell was chosen: all pictures go to its step, and its layer is opened if another one is. */
  choose(place) {
    if (!place || !this.G) return;
    const { layer, direction } = this.G.rows[place.row];
    const { opened } = this.data;
    this.moveCursor(place);
    this.step = place.step;
    this.tell({ step: place.step, pinned: true });
    if (layer !== opened.layer || direction !== opened.direction) this.send?.({ layer, direction, step: place.step });
    this.mark();
  }

  /** Another picture stands at a step. */
  follow(/** @type {Pointed} */ { step, source, pinned }) {
    if (source === this.root || !step || !pinned || step === this.step) return;
    this.step = step;
    if (!this.G) return;
    if (step <= this.data.steps) this.bring(step);
    this.mark();
  }

  tell(detail) {
    document.dispatchEvent(new CustomEvent(STEP_EVENT, { detail: { ...detail, source: this.root } }));
  }
}

export default function show({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".lens-stack");
  const end = showIn(root, Stack, data);
  views.get(root).send = (place) => setTriggerValue?.("opened", place);
  return end;
}
