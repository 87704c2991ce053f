// Draws the figure of lstm_core/figures/time_figure.py: Plotly draws heatmaps, lines and axes; what is shown over them
// (titles, values, marks, masked steps, the cursor) is drawn here, and all words are set as text, never as HTML.
// Steps, units and features are counted from 1, as on the axis.

const MAX_COLUMNS = 200; // columns of a heatmap drawn at once; more are averaged
const DECIMALS = [{ width: 58, decimals: 4 }, { width: 34, decimals: 2 }]; // pixels that a printed value needs
const VALUE_ROW = 16; // the lowest row that has room for a value
const WORD_COLUMN = 30; // the narrowest column that has room for a word
const MARK_COLUMN = 10; // narrower columns are outlined together, wider ones each
const MARK_INSET = 2;
const BADGE_RISE = 5; // from a badge's foot to the cells under it
const BADGE_EDGE = 14; // from a badge's middle to the edge of the plot, at least
const TICK_WIDTH = 30; // pixels between two step numbers, at least
const LINE_LEGEND = 8; // up to so many units are told apart in a legend
const TITLE = 20; // height of a panel's title, of a note and of the words, as in charts.css
const NOTE = 18;
const WORD = 20;
const READOUT_GAP = 8;
const READOUT_PANEL = 130; // over panels no taller than this the words stand above all of their rows
const CARRIED = new Set(["h", "c"]); // what a masked step hands on unchanged; the rest of it is thrown away
const ZOOM_FACTOR = 2;
const EVENT = "lens:step"; // on document; detail: {step, unit, quantity, pinned, source}
const CONFIG = { displayModeBar: false, displaylogo: false, responsive: false, doubleClick: false, showTips: false };
const SVG = "http://www.w3.org/2000/svg";

// ---- numbers ----

const clamp = (value, low, high) => Math.max(low, Math.min(high, value));

/** A typed array as Python packed it -> Float32Array. */
function decode({ bdata }) {
  const bytes = atob(bdata);
  const buffer = new Uint8Array(bytes.length);
  for (let k = 0; k < bytes.length; k += 1) buffer[k] = bytes.charCodeAt(k);
  return new Float32Array(buffer.buffer);
}

/** A packed array of shape (rows, steps) -> one view per row. */
function rowsOf(packed) {
  const flat = decode(packed);
  const steps = Number(packed.shape.split(",")[1]);
  return Array.from({ length: flat.length / steps }, (_, row) => flat.subarray(row * steps, (row + 1) * steps));
}

/** The mean of a row over the steps from `first` up to, not with, `end`. */
function mean(row, first, end) {
  let sum = 0;
  for (let step = first; step < end; step += 1) sum += row[step - 1];
  return sum / (end - first);
}

/** The columns that cover the range: each of `size` steps, column k from starts[k] up to, not with, starts[k + 1]. */
function columnsOf([low, high], steps) {
  const first = clamp(Math.floor(low + 0.5), 1, steps);
  const last = clamp(Math.ceil(high - 0.5), first, steps);
  const size = Math.ceil((last - first + 1) / MAX_COLUMNS);
  const starts = [];
  for (let start = first - ((first - 1) % size); start <= last; start += size) starts.push(start);
  return { size, starts: [...starts, Math.min(starts.at(-1) + size, steps + 1)] };
}

/** The steps that the column of `step` covers: [first, end). */
function columnOf(step, { size }, steps) {
  const first = step - ((step - 1) % size);
  return [first, Math.min(first + size, steps + 1)];
}

/** Sorted steps -> runs of neighbours: [2, 3, 7] -> [[2, 3], [7, 7]]. */
function runsOf(sorted) {
  const runs = [];
  for (const step of sorted) {
    if (runs.length && runs.at(-1)[1] === step - 1) runs.at(-1)[1] = step;
    else runs.push([step, step]);
  }
  return runs;
}

/** A value in words: four decimals, or three digits where those would hide it or be too long. */
const exact = (value) => {
  const size = Math.abs(value);
  return size === 0 || (size >= 0.001 && size < 1e5) ? value.toFixed(4) : String(Number(value.toPrecision(3)));
};

const fill = (sentence, words) => sentence.replace(/\{(\w+)\}/g, (_, name) => words[name]);

// ---- colours ----

const channels = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));

/** Relative luminance (WCAG 2) of [r, g, b] in 0..255. */
function luminance(rgb) {
  const [r, g, b] = rgb.map((channel) => channel / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** The colour of a value on a trace's scale, as [r, g, b]. */
function cellColour(value, { zmin, zmax, colorscale }) {
  const place = clamp((value - zmin) / (zmax - zmin), 0, 1) * (colorscale.length - 1);
  const below = Math.min(Math.floor(place), colorscale.length - 2);
  const [from, to] = [channels(colorscale[below][1]), channels(colorscale[below + 1][1])];
  return from.map((channel, k) => channel + (to[k] - channel) * (place - below));
}

/** Black or white, whichever is read more easily on the colour: at least 4.58:1. */
const inkOn = (rgb) => ((luminance(rgb) + 0.05) ** 2 > 1.05 * 0.05 ? "#000" : "#fff");

/** The page's colours and font, as the browser computes them. */
function themeOf(root) {
  const { color, fontFamily } = getComputedStyle(root);
  const ink = color.match(/[\d.]+/g).slice(0, 3).map(Number);
  const shade = (alpha) => `rgba(${ink.join(",")},${alpha})`;
  return { font: fontFamily, dark: luminance(ink) > 0.5, text: shade(0.85), line: shade(0.4), grid: shade(0.12) };
}

// ---- from the figure to what Plotly draws ----

/** A heatmap with the columns of the range: every step, or means of several. */
function drawnHeatmap({ x0, dx, ...trace }, rows, { starts }) {
  const spans = starts.slice(0, -1).map((start, k) => [start, starts[k + 1]]);
  const z = rows.map((row) => Float32Array.from(spans, ([start, end]) => mean(row, start, end)));
  return { ...trace, x: starts.map((start) => start - 0.5), z };
}

function drawnLine(trace, { dark }) {
  const color = trace.meta[dark ? "dark" : "light"];
  return { ...trace, line: { ...trace.line, color }, marker: { ...trace.marker, color } };
}

/** The round number of steps from one step number on the axis to the next: 1, 2, 5, 10, 20, ... */
function tickStep(cell) {
  const least = TICK_WIDTH / cell;
  if (least <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= least);
}

/** The layout at this width and range of steps, in the page's colours. */
function drawnLayout(layout, { width, range, theme, draggable, cell }) {
  const look = { gridcolor: theme.grid, zerolinecolor: theme.line };
  const time = { range: [...range], tick0: 0, dtick: tickStep(cell) };
  const axes = Object.entries(layout)
    .filter(([name]) => /^[xy]axis/.test(name))
    .map(([name, axis]) => [name, { ...axis, ...look, ...(name[0] === "x" ? time : {}) }]);
  const font = { family: theme.font, size: 12, color: theme.text };
  return { ...layout, ...Object.fromEntries(axes), width, font, dragmode: draggable ? "zoom" : false };
}

/** Where the steps stand: `left` is the plot's edge, `cell` a step's width, `x` a step's left side, from that edge. */
function geometryOf({ margin, steps }, width, range) {
  const plot = width - margin.left - margin.right;
  const cell = plot / (range[1] - range[0]);
  return {
    left: margin.left, plot, cell,
    x: (step) => (step - 0.5 - range[0]) * cell,
    stepAt: (x) => clamp(Math.floor((x - margin.left) / cell + range[0] + 0.5), 1, steps),
  };
}

/** Each quantity's rows, from its heatmap. */
const gridsOf = ({ data }) => Object.fromEntries(
  data.filter(({ type }) => type === "heatmap").map(({ meta, z }) => [meta.quantity, rowsOf(z)]),
);

const rowHeight = (panel) => panel.height / panel.rows;

// ---- what is drawn over it: lists of [tag, attributes, text] ----

const HATCH = ["defs", {}, [
  ["pattern", { id: "lens-hatch", width: 7, height: 7, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" }, [
    ["line", { class: "lens-hatch", y2: 7 }]]]]];

const rectangle = (className, x, y, width, height) => ["rect", { class: className, x, y, width, height }];

function masks({ panels, masked }, geometry) {
  return runsOf(masked).flatMap(([first, last]) => panels.flatMap(({ quantity, top, height }) => {
    const place = [geometry.x(first), top, (last - first + 1) * geometry.cell, height];
    const veil = CARRIED.has(quantity) ? [] : [rectangle("lens-veil", ...place)];
    return [...veil, rectangle("lens-hatched", ...place)];
  }));
}

/** Where the returned values stand: each step by itself or, where steps are narrow, runs; with the outputs' numbers. */
function returnedSpans(panelMarks, apart) {
  const spans = new Map();
  for (const { order, steps } of panelMarks) {
    const runs = apart ? steps.map((step) => [step, step]) : runsOf(steps);
    runs.forEach(([first, last], k) => {
      const span = spans.get(`${first}-${last}`) ?? { first, last, orders: [] };
      if (apart || k === runs.length - 1) span.orders.push(order);
      spans.set(`${first}-${last}`, span);
    });
  }
  return [...spans.values()];
}

/** The outlines of what the layer returns, and over each the place of its output in what Keras returns. */
function marks(panel, geometry) {
  const apart = geometry.cell >= MARK_COLUMN;
  const inset = apart ? MARK_INSET : 0;
  return returnedSpans(panel.marks ?? [], apart).flatMap(({ first, last, orders }) => {
    const [left, width] = [geometry.x(first) + inset, (last - first + 1) * geometry.cell - 2 * inset];
    const place = [left, panel.top + inset, width, panel.height - 2 * inset];
    const halo = apart ? [rectangle("lens-halo", ...place)] : [];
    const x = apart ? left + width / 2 : clamp(left + width / 2, BADGE_EDGE, geometry.plot - BADGE_EDGE);
    const badge = ["text", { class: "lens-badge", x, y: panel.top - BADGE_RISE }, orders.join(" · ")];
    return [...halo, rectangle("lens-mark", ...place), badge];
  });
}

/** The numbers in a heatmap's cells, where they have room. */
function values(panel, rows, trace, geometry, masked) {
  const room = DECIMALS.find(({ width }) => geometry.cell >= width);
  if (!room || rowHeight(panel) < VALUE_ROW) return [];
  return rows.flatMap((row, r) => Array.from(row, (value, k) => {
    const x = geometry.x(k + 1) + geometry.cell / 2;
    const y = panel.top + (r + 0.5) * rowHeight(panel);
    const look = masked.has(k + 1) ? { class: "lens-value lens-skipped" }
      : { class: "lens-value", fill: inkOn(cellColour(value, trace)) };
    return ["text", { ...look, x, y }, value.toFixed(room.decimals)];
  }));
}

/** The cursor's outline around the column of step 1, in every panel; moving it is a translation. */
const cursorPath = ({ panels }, width) =>
  panels.map(({ top, height }) => `M0 ${top}h${width}v${height}h${-width}z`).join("");

const notes = (panel) => panel.notes.map((note, k) =>
  ["div", { class: "lens-note", style: `top: ${panel.title + TITLE + k * NOTE}px` }, note]);

/** The sentence's words over the first panel's cells. */
function words({ labels, panels }, { left, cell, x }) {
  if (!labels || cell < WORD_COLUMN) return [];
  const place = (k) => `left: ${left + x(k + 1)}px; top: ${panels[0].top - WORD}px; width: ${cell}px`;
  return labels.map((word, k) => ["div", { class: "lens-word", style: place(k) }, word]);
}

/** "returned: 1 output · 2 state_h"; where there is little room, only what follows the colon. */
function returnedPill({ marks: panelMarks, returned }, { text }) {
  if (!panelMarks) return [];
  if (!panelMarks.length) return [["span", { class: "lens-kept" }, text.not_returned]];
  const [before, after] = text.returned.split("{outputs}");
  return [["span", { class: "lens-returned" }, [
    ["span", { class: "lens-wide" }, before], ["span", {}, returned], ["span", { class: "lens-wide" }, after]]]];
}

/** A panel's title, colour or line legend, and what of it is returned. */
function header(panel, meta, traces, { dark }) {
  const gradient = (stops) => `linear-gradient(to right, ${stops.map(([, colour]) => colour).join(", ")})`;
  const lines = panel.rows <= LINE_LEGEND
    ? [meta.text.unit_lines, ...traces.flatMap((trace, k) => [
      { class: "lens-line", style: `background: ${trace.meta[dark ? "dark" : "light"]}` }, String(k + 1)])]
    : [panel.legend];
  const legend = panel.kind === "lines" ? lines
    : [panel.scale.low, { class: "lens-scale", style: `background: ${gradient(traces[0].colorscale)}` }, panel.scale.high];
  return ["div", { class: "lens-header", style: `top: ${panel.title}px` }, [
    ["span", { class: "lens-swatch", style: `background: ${panel.colour}` }],
    ["span", { class: "lens-title" }, panel.name],
    ...returnedPill(panel, meta),
    ["span", { class: "lens-legend" }, legend.map((part) => (typeof part === "string" ? ["span", {}, part] : ["span", part]))],
  ]];
}

/** Build [tag, attributes, text or children]; words only ever become text nodes. */
function element([tag, attributes, content = ""], namespace) {
  const node = namespace ? document.createElementNS(namespace, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  if (typeof content === "string") node.textContent = content;
  else node.append(...content.map((child) => element(child, namespace)));
  return node;
}

// ---- one cell in words ----

function stepInWords(step, { steps, labels, text, masked }, columns) {
  const [first, end] = columnOf(step, columns, steps);
  if (end - first > 1) return fill(text.steps_mean, { first, last: end - 1 });
  const words = labels ? fill(text.step_word, { step, word: labels[step - 1] }) : fill(text.step, { step });
  return masked.includes(step) ? `${words} · ${text.masked}` : words;
}

/** "h, hidden state · step 4 ("sat") · unit 2 · value -0.0331" */
function inWords({ panel, step, row }, meta, grids, columns) {
  const { text, steps } = meta;
  const unit = panel.quantity === "x" ? fill(text.feature, { feature: row }) : fill(text.unit, { unit: row });
  const value = fill(text.value, { value: exact(mean(grids[panel.quantity][row - 1], ...columnOf(step, columns, steps))) });
  return [panel.name, stepInWords(step, meta, columns), unit, value].join(" · ");
}

/** The cell under a place on the stage, or of the nearest line: {panel, step, row}; undefined beside the panels. */
function cellAt({ x, y }, { meta, layout, geometry, grids }) {
  const panel = meta.panels.find(({ top, height }) => y >= top && y < top + height);
  if (!panel || x < geometry.left || x >= geometry.left + geometry.plot) return undefined;
  const step = geometry.stepAt(x);
  if (panel.kind === "heatmap") return { panel, step, row: Math.floor((y - panel.top) / rowHeight(panel)) + 1 };
  const [low, high] = layout[`yaxis${panel.axis.slice(1)}`].range;
  const pointed = high - ((y - panel.top) / panel.height) * (high - low);
  const distances = grids[panel.quantity].map((row) => Math.abs(row[step - 1] - pointed));
  return { panel, step, row: distances.indexOf(Math.min(...distances)) + 1 };
}

/** Above which place on the stage the words of a cell stand. */
function placeOf({ panel, step, row }, { geometry }) {
  const x = geometry.left + geometry.x(step) + geometry.cell / 2;
  return { x, y: panel.top + (panel.height <= READOUT_PANEL ? 0 : (row - 1) * rowHeight(panel)) };
}

/** The cell that a key leads to; rows go on from one panel to the next. */
function moved(cell, key, { meta, columns }) {
  const { panels, steps } = meta;
  const at = cell ?? { panel: panels[0], step: 0, row: 1 };
  const to = (step) => ({ ...at, step: clamp(step, 1, steps) });
  const down = (by) => {
    const row = at.row + by;
    const panel = panels[panels.indexOf(at.panel) + by];
    if (row >= 1 && row <= at.panel.rows) return { ...at, row };
    return panel ? { ...at, panel, row: by > 0 ? 1 : panel.rows } : at;
  };
  const keys = {
    ArrowRight: () => to(at.step + columns.size), ArrowLeft: () => to(at.step - columns.size),
    Home: () => to(1), End: () => to(steps), ArrowDown: () => down(1), ArrowUp: () => down(-1),
  };
  return keys[key]?.();
}

// ---- the chart that lives in the page ----

let plotly; // the promise of Plotly.js: one per page

function loadPlotly(url) {
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
    const names = ["summary", "toolbar", "binned", "stage", "plot", "overlay", "panels", "readout", "live"];
    this.parts = Object.fromEntries(names.map((name) => [name, root.querySelector(`.lens-${name}`)]));
    const { stage, toolbar } = this.parts;
    this.gone = new AbortController();
    const listen = (target, type, handler) => target.addEventListener(type, handler, { signal: this.gone.signal });
    listen(stage, "pointermove", (event) => this.point(this.under(event)));
    listen(stage, "pointerleave", () => this.point(undefined));
    listen(stage, "click", (event) => this.choose(this.under(event)));
    listen(root, "keydown", (event) => this.press(event));
    listen(toolbar, "click", ({ target }) => this.zoom(target.dataset.zoom));
    listen(document, EVENT, ({ detail }) => this.follow(detail));
    this.resized = new ResizeObserver(() => stage.clientWidth !== this.width && this.draw());
    this.resized.observe(stage);
  }

  destroy() {
    this.gone.abort();
    this.resized.disconnect();
    plotly?.then((Plotly) => Plotly.purge(this.parts.plot));
  }

  /** Take new data: the range of steps stays if the sequence is as long as before. */
  show(data) {
    const { meta, layout } = data.figure;
    const { stage, summary, toolbar } = this.parts;
    if (meta.steps !== this.data?.figure.meta.steps) {
      this.range = [0.5, meta.steps + 0.5];
      this.chosen = undefined;
    }
    this.data = data;
    this.grids = gridsOf(data.figure);
    this.root.setAttribute("aria-label", meta.alt);
    summary.textContent = meta.summary;
    stage.style.height = `${layout.height}px`;
    toolbar.hidden = !meta.zoom;
    for (const button of toolbar.querySelectorAll("button")) {
      button.title = meta.text[button.dataset.zoom];
      button.setAttribute("aria-label", button.title);
    }
    return this.draw();
  }

  async draw() {
    const { data, range } = this;
    if (!data) return;
    const Plotly = await loadPlotly(data.plotly);
    if (data !== this.data || range !== this.range || this.gone.signal.aborted) return; // a later call draws
    const { plot, stage } = this.parts;
    const { data: traces, layout, meta } = data.figure;
    this.width = stage.clientWidth;
    const columns = columnsOf(range, meta.steps);
    this.view = { meta, layout, columns, grids: this.grids, geometry: geometryOf(meta, this.width, range) };
    const theme = themeOf(this.root);
    const draggable = meta.zoom && !matchMedia("(pointer: coarse)").matches;
    await Plotly.react(
      plot,
      traces.map((trace) => (trace.type === "heatmap"
        ? drawnHeatmap(trace, this.grids[trace.meta.quantity], columns) : drawnLine(trace, theme))),
      drawnLayout(layout, { width: this.width, range, theme, draggable, cell: this.view.geometry.cell }),
      CONFIG,
    );
    if (!this.listening) {
      plot.on("plotly_relayout", () => this.setRange(plot.layout.xaxis.range));
      plot.on("plotly_doubleclick", () => this.zoom("zoom_reset"));
      this.listening = true;
    }
    this.drawOver(traces, theme);
    this.root.dataset.lensReady = data.token;
  }

  /** Everything that is not Plotly's. */
  drawOver(traces, theme) {
    const { meta, geometry, grids, columns, layout } = this.view;
    const { overlay, panels, binned } = this.parts;
    const own = (panel) => traces.filter((trace) => trace.yaxis === panel.axis);
    const masked = new Set(meta.masked);
    const heatmaps = meta.panels.filter(({ kind }) => kind === "heatmap");
    const over = [
      ...masks(meta, geometry),
      ...heatmaps.flatMap((panel) => values(panel, grids[panel.quantity], own(panel)[0], geometry, masked)),
      ...heatmaps.flatMap((panel) => marks(panel, geometry)),
      ["path", { class: "lens-cursor", d: cursorPath(meta, columns.size * geometry.cell), visibility: "hidden" }],
    ];
    const frame = { x: geometry.left, width: geometry.plot, height: layout.height };
    overlay.replaceChildren(element(HATCH, SVG), element(["svg", frame, over], SVG));
    this.cursor = overlay.querySelector(".lens-cursor");
    panels.replaceChildren(...[
      ...words(meta, geometry),
      ...meta.panels.flatMap((panel) => [header(panel, meta, own(panel), theme), ...notes(panel)]),
    ].map((part) => element(part)));
    binned.textContent = columns.size > 1 ? fill(meta.text.binned, { size: columns.size }) : "";
    this.point(undefined);
  }

  // -- the cursor --

  under({ clientX, clientY }) {
    const { left, top } = this.parts.stage.getBoundingClientRect();
    return this.view && cellAt({ x: clientX - left, y: clientY - top }, this.view);
  }

  /** The pointer is on a cell, or on none. */
  point(cell) {
    if (!this.view) return;
    const same = cell && this.cell && cell.panel === this.cell.panel && cell.step === this.cell.step && cell.row === this.cell.row;
    if (same) return;
    this.cell = cell;
    this.read(cell);
    this.moveCursor(cell?.step ?? this.chosen);
    if (cell) this.announce(cell, false);
  }

  /** A click or a key chooses a cell: the cursor stays at its step. */
  choose(cell) {
    if (!cell) return;
    this.chosen = cell.step;
    this.cell = cell;
    this.read(cell);
    this.moveCursor(cell.step);
    this.announce(cell, true);
  }

  press(event) {
    if (!this.view || event.target !== this.root || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      this.chosen = undefined;
      this.point(undefined);
      return;
    }
    const cell = moved(this.cell ?? this.last, event.key, this.view);
    if (!cell) return;
    event.preventDefault();
    this.choose(cell);
    this.parts.live.textContent = this.parts.readout.textContent;
  }

  /** Another picture on the page moved to a step. */
  follow({ step, source }) {
    if (source === this.root || !this.view) return;
    this.chosen = step;
    this.moveCursor(step);
  }

  announce({ panel, step, row }, pinned) {
    const unit = panel.quantity === "x" ? null : row;
    const detail = { step, unit, quantity: panel.quantity, pinned, source: this.root };
    document.dispatchEvent(new CustomEvent(EVENT, { detail }));
  }

  moveCursor(step) {
    const { geometry, columns, meta } = this.view;
    this.cursor.setAttribute("visibility", step ? "visible" : "hidden");
    if (step) this.cursor.setAttribute("transform", `translate(${geometry.x(columnOf(step, columns, meta.steps)[0])} 0)`);
  }

  read(cell) {
    const { readout } = this.parts;
    readout.hidden = !cell;
    if (!cell) return;
    const { meta, grids, columns, layout } = this.view;
    readout.textContent = inWords(cell, meta, grids, columns);
    const { x, y } = placeOf(cell, this.view);
    const onLeft = x < this.width / 2;
    readout.style.cssText = `bottom: ${layout.height - y + READOUT_GAP}px; ${onLeft ? `left: ${x}px` : `right: ${this.width - x}px`}`;
  }

  // -- zooming --

  zoom(how) {
    const [low, high] = this.range;
    const [middle, half] = [this.chosen ?? (low + high) / 2, (high - low) / 2];
    const wanted = { zoom_in: half / ZOOM_FACTOR, zoom_out: half * ZOOM_FACTOR, zoom_reset: Infinity }[how];
    if (wanted) this.setRange([middle - wanted, middle + wanted]);
  }

  setRange([low, high]) {
    const { steps } = this.data.figure.meta;
    const range = [clamp(low, 0.5, steps), clamp(high, 1, steps + 0.5)];
    if (range[0] === this.range[0] && range[1] === this.range[1]) return;
    this.range = range;
    this.draw();
  }
}

const charts = new WeakMap();

/** Called by Streamlit at first and with every change of data or theme; what it returns is called at the end. */
export default function draw({ data, parentElement }) {
  const root = parentElement.querySelector(".lens-charts");
  if (!charts.has(root)) charts.set(root, new Chart(root));
  const chart = charts.get(root);
  chart.show(data);
  return () => chart.destroy();
}
