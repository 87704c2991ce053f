// The component: owns one figure in the page, redraws it in place, and moves a cursor through all of its panels.
// It follows other pictures of the page, and leads them, by the event `lens:step` on the document.

import { SVG, element, placeIn } from "../shared/elements.js";
import { clamp } from "../shared/numbers.js";
import { fill } from "../shared/particles.js";
import { STEP_EVENT, showIn, views } from "../shared/view.js";
import { cellAt, inWords, kept, moved, placeOf, sameCell } from "./cells.js";
import { chosenLine } from "./ends.js";
import { columnOf, columnsOf, completed, covers, drawn, gridsOf, themeOf, wanted } from "./figure.js";
import { arranged } from "./grid.js";
import { axisOf, overlay } from "./overlay.js";
import { nameSaving, saveAs } from "./saving.js";
import { canStretch, stretched } from "./stretch.js";

const CONFIG = { displayModeBar: false, displaylogo: false, doubleClick: false, showTips: false };
const READOUT_GAP = 8; // between a cell and the words above it
const LEAST_STEPS = 6; // of a long sequence, shown at once
const ZOOMS = { zoom_in: 1 / 2, zoom_out: 2, zoom_reset: Infinity }; // by how much the shown range grows

let plotly; // the promise of Plotly.js: one per page

/** Plotly.js from an address, or without one the page's own. */
function loadPlotly(url) {
  if (!url) return Promise.resolve(window.Plotly);
  plotly ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = url;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => {
      plotly = undefined;
      reject(new Error(`Plotly.js did not load from ${url}`));
    };
    document.head.append(script);
  });
  return plotly;
}

class Chart {
  constructor(root) {
    this.root = root;
    const names = ["summary", "toolbar", "binned", "stage", "plot", "overlay", "panels", "readout", "stretch", "save", "live"];
    this.unit = 1;
    this.parts = Object.fromEntries(names.map((name) => [name, root.querySelector(`.charts-${name}`)]));
    const { stage, toolbar } = this.parts;
    /** @type {(part: object) => void} */
    this.send = () => {};
    this.gone = new AbortController();
    const { signal } = this.gone;
    // before there is data nothing can be done with an event, not even with one that a script makes
    const listen = (target, type, handler) => target.addEventListener(type, (event) => this.data && handler(event), { signal });
    listen(stage, "pointermove", (event) => this.point(this.under(event)));
    listen(stage, "pointerleave", () => this.point(undefined));
    listen(stage, "click", (event) => this.choose(this.under(event)));
    listen(root, "keydown", (event) => this.press(event));
    listen(root, "blur", () => this.point(undefined));
    listen(toolbar, "click", ({ target }) => this.zoom(ZOOMS[target.dataset.zoom]));
    listen(this.parts.save, "click", ({ target }) => this.view && saveAs(target.dataset.kind, this.parts.save, this.parts.stage, this.view));
    listen(this.parts.stretch, "change", () => this.draw());
    listen(document, STEP_EVENT, ({ detail }) => this.follow(detail));
    this.resized = new ResizeObserver(() => stage.clientWidth !== this.view?.width && this.draw());
    this.resized.observe(stage);
  }

  destroy() {
    this.gone.abort();
    this.resized.disconnect();
    plotly?.then((Plotly) => Plotly.purge(this.parts.plot));
  }

  // -- drawing --

  /** Take new data. The range that was wished for and the chosen step stay if the sequence is as long as before. */
  show(/** @type {Charted} */ shown) {
    const data = { ...shown, figure: completed(shown.figure) };
    const { meta } = data.figure;
    const { summary, toolbar } = this.parts;
    if (meta.steps !== this.data?.figure.meta.steps) {
      this.wished = [0.5, meta.steps + 0.5];
      this.chosen = undefined;
    }
    this.range = covers(meta, this.wished) ? this.wished : [meta.sent.first - 0.5, meta.sent.last + 0.5];
    this.data = data;
    this.grids = gridsOf(data.figure);
    this.root.setAttribute("aria-label", meta.alt);
    summary.textContent = meta.summary;
    toolbar.hidden = !meta.zoom;
    for (const button of meta.zoom ? toolbar.querySelectorAll("button") : []) {
      button.title = meta.text[button.dataset.zoom];
      button.setAttribute("aria-label", button.title);
    }
    this.nameStretching(meta);
    nameSaving(this.parts.save, meta);
    this.draw();
  }

  async draw() {
    const { data, range, grids } = this;
    if (!data) return;
    const { stage } = this.parts;
    const width = stage.clientWidth;
    const stretches = this.isStretched();
    const placed = arranged(stretches ? stretched(data.figure, grids) : data.figure, width, range);
    stage.style.height = `${placed.layout.height}px`;
    const Plotly = await loadPlotly(data.plotly);
    const overtaken = () => data !== this.data || range !== this.range || stretches !== this.isStretched() || this.gone.signal.aborted; // a later call draws
    if (overtaken()) return;
    const { figure, token } = data;
    if (stage.clientWidth !== width) return this.draw();
    const { l, r } = data.figure.layout.margin;
    if (width <= l + r) return; // not laid out yet: the observer draws as soon as it is
    const draggable = figure.meta.zoom && !matchMedia("(pointer: coarse)").matches; // a finger scrolls the page
    const view = {
      ...placed, width, range, grids, draggable, theme: themeOf(this.root),
      columns: columnsOf(range, figure.meta.steps, figure.meta.sent?.size),
    };
    await this.drawPlot(Plotly, view);
    if (overtaken()) return;
    this.view = view; // not before: others may point at a step while Plotly draws
    this.drawOver(figure);
    this.root.dataset.lensReady = token;
  }

  /** Plotly's part, unless nothing of it changed: what a layer returns changes none of its values. */
  async drawPlot(Plotly, view) {
    const { plot } = this.parts;
    const { data, layout, width, range, theme } = view;
    const drawing = JSON.stringify([data, layout, width, range, theme]);
    if (drawing === this.drawing) return;
    this.drawing = drawing;
    await Plotly.react(plot, ...drawn(view), CONFIG);
    if (this.listening) return;
    this.listening = true;
    plot.on("plotly_relayout", () => this.setRange(plot.layout.xaxis.range));
    plot.on("plotly_doubleclick", () => this.zoom(ZOOMS.zoom_reset));
  }

  drawOver(figure) {
    const { columns } = this.view;
    const { svg, html } = overlay(this.view);
    this.parts.overlay.replaceChildren(...svg.map((part) => element(part, SVG)));
    this.parts.panels.replaceChildren(...html.map((part) => element(part)));
    this.parts.binned.textContent = columns.size > 1 ? fill(figure.meta.text.binned, columns) : "";
    this.cursors = [...this.parts.overlay.querySelectorAll(".charts-cursor")];
    this.drawUnit();
    const cell = kept(this.cell, this.view);
    this.stand(cell, cell?.step ?? this.chosen);
    if (!this.chosen) this.ask();
  }

  /** Of many lines, that of the chosen unit. */
  drawUnit() {
    const { meta, layout, data } = this.view;
    const lines = meta.panels.filter(({ kind }) => kind === "lines");
    for (const [k, group] of this.parts.overlay.querySelectorAll(".charts-unit").entries()) {
      const trace = data.find(({ yaxis }) => yaxis === lines[k].axis);
      group.replaceChildren(...chosenLine(lines[k], axisOf(lines[k], layout), trace, this.view, this.unit).map((part) => element(part, SVG)));
    }
  }

  chooseUnit(unit) {
    if (!unit || unit === this.unit) return;
    this.unit = unit;
    this.drawUnit();
  }

  // -- stretched colours --

  nameStretching(meta) {
    const { stretch } = this.parts;
    stretch.hidden = !canStretch(meta);
    stretch.lastElementChild.textContent = meta.text.stretch ?? "";
    stretch.title = meta.text.stretch_help ?? "";
  }

  isStretched() {
    const { stretch } = this.parts;
    return !stretch.hidden && stretch.firstElementChild.checked;
  }

  // -- the cursor --

  under(event) {
    return this.view && cellAt(placeIn(this.parts.stage, event), this.view);
  }

  /** Read out a cell, or none, and let the cursor stand at a step, or nowhere. */
  stand(cell, step) {
    this.cell = cell;
    this.read(cell);
    this.moveCursor(step);
  }

  /** The pointer is on a cell, or on none: then the cursor goes back to the chosen step. */
  point(cell) {
    if (!this.view || sameCell(cell, this.cell)) return;
    this.stand(cell, cell?.step ?? this.chosen);
    if (cell) this.announce(cell, { pinned: false });
    else this.ask();
  }

  /** A click or a key chooses a cell: the cursor stays at its step. */
  choose(cell) {
    if (!cell) return;
    this.chosen = cell.step;
    this.stand(cell, cell.step);
    this.announce(cell, { pinned: true });
  }

  press(event) {
    if (!this.view || event.target !== this.root || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      this.chosen = undefined;
      this.stand(undefined, undefined);
    }
    const cell = moved(this.cell, event.key, this.view);
    if (!cell) return;
    event.preventDefault();
    this.choose(cell);
    this.parts.live.textContent = this.parts.readout.textContent;
  }

  /** Another picture on the page moved to a step. */
  follow({ step, unit, source }) {
    if (source === this.root || !step || !this.view) return;
    this.chosen = step;
    this.chooseUnit(unit);
    this.stand(this.cell?.step === step ? this.cell : undefined, step);
  }

  announce({ panel, step, row }, { pinned }) {
    const unit = panel.quantity === "x" ? undefined : row;
    this.chooseUnit(unit);
    this.tell({ step, unit, quantity: panel.quantity, pinned });
  }

  /** Nothing is pointed at: whoever keeps the step may say which it is. */
  ask() {
    this.tell({ pinned: false });
  }

  tell(detail) {
    document.dispatchEvent(new CustomEvent(STEP_EVENT, { detail: { ...detail, source: this.root } }));
  }

  moveCursor(step) {
    const { columns, meta } = this.view;
    for (const [k, cursor] of this.cursors.entries()) {
      cursor.setAttribute("visibility", step ? "visible" : "hidden");
      if (!step) continue;
      const [first] = columnOf(step, columns, meta.steps);
      cursor.setAttribute("transform", `translate(${meta.panels[k].geometry.x(first)} 0)`);
    }
  }

  /** Show a cell's words above it. */
  read(cell) {
    const { readout } = this.parts;
    readout.hidden = !cell;
    if (!cell) return;
    const { width, layout } = this.view;
    const { x, y } = placeOf(cell);
    readout.textContent = inWords(cell, this.view);
    readout.style.bottom = `${layout.height - y + READOUT_GAP}px`;
    readout.style.left = `${clamp(x - readout.offsetWidth / 2, 0, width - readout.offsetWidth)}px`;
  }

  // -- zooming --

  zoom(growth) {
    if (!growth) return;
    const [low, high] = this.range;
    const middle = low < this.chosen && this.chosen < high ? this.chosen : (low + high) / 2;
    const half = Math.min(growth * (high - low), this.data.figure.meta.steps) / 2;
    this.setRange([middle - half, middle + half]);
  }

  /**
   * Show a range of steps: moved, not cut, where it reaches beyond the sequence's ends. What of a long sequence is not
   * here the server is asked for; what is coarser than it could be is drawn until the finer comes.
   */
  setRange([low, high]) {
    const { meta } = this.data.figure;
    const { steps, panels } = meta;
    if (!panels.length) return;
    const width = clamp(high - low, Math.min(LEAST_STEPS, steps), steps);
    const start = clamp((low + high - width) / 2, 0.5, steps + 0.5 - width);
    const range = [start, start + width];
    if (range[0] === this.wished[0] && range[1] === this.wished[1]) return;
    this.wished = range;
    const part = wanted(meta, range);
    if (part) this.send(part);
    if (!covers(meta, range)) return;
    this.range = range;
    this.cell = undefined;
    this.draw();
  }
}

/** Called by Streamlit at first and with every change of data or theme; what it returns is called at the end. */
export default function show({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".lens-charts");
  const end = showIn(root, Chart, data);
  views.get(root).send = (part) => setStateValue?.("part", part);
  return end;
}
