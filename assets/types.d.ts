// What Python hands to the browser and what the scripts make of it, for tsc alone: no page gets this file.

// ---- components ----

/** What Streamlit, or a handout, calls a component's `show` with; `data` are bytes of JSON. */
interface Mounted {
  data: Uint8Array;
  parentElement: HTMLElement;
  setTriggerValue?: (name: string, value: unknown) => void;
  setStateValue?: (name: string, value: unknown) => void;
}

/** An element to be, [tag, attributes, text or children]: `element` of elements.js makes it. */
type Part = any[]; // tsc does not see that lists put together by flatMap and spreading have this form

/** A component's picture, one for each root in the page. */
interface View {
  show(data: unknown): void;
  destroy(): void;
  lastCall?: object;
}

/** The detail of the event that links the pictures; without a step nothing is pointed at. */
interface Pointed {
  step?: number;
  unit?: number;
  quantity?: string;
  pinned: boolean;
  source: Element | null;
}

// ---- the moving picture ----

type Quantity = string;

interface Scale {
  zmin: number;
  zmax: number;
  colorscale: [number, string][];
  dark: [number, string][];
}

interface Output {
  name: string;
  order: number;
  quantity: Quantity;
  shape: string;
  sequence: boolean;
  steps: number[];
  zeros: number[];
}

/**
 * A gate or candidate, in the order of the weights' columns; `activation` is the layer's argument that names it, `reads`
 * what stands for h in its sum. `reset` is the gate that the product of that h is multiplied by first, and `product` the
 * product's name; "" for none.
 */
interface Gate {
  name: string;
  symbol: string;
  letter: string;
  activation: ActivationArgument;
  reads: string;
  reset: string;
  product: string;
}

type ActivationArgument = "activation" | "recurrent_activation";

/** How a quantity is made: names with "×" and "+" between them, and an activation of that. */
interface Equation {
  right: string[];
  activation: ActivationArgument | null;
  traced: boolean;
}

/** `spec_facts` of lstm_core/figures/lens.py: what distinguishes the cell that is shown. */
interface SpecData {
  name: string;
  gates: Gate[];
  gatesInCell: string[];
  biasRows: number;
  states: string[];
  statesDrawn: string[];
  equations: Record<string, Equation>;
}

/**
 * And what follows from it: names in the order of the columns; what the trace has; rests of shares, as 1-z; products that
 * only the picture shows, and the sums of them that are new states; what is as large as those states; what the charts have
 * too; gates by name, and by the name of their product.
 */
interface Spec extends SpecData {
  gateNames: string[];
  traced: string[];
  rests: string[];
  products: { name: string; parts: string[] }[];
  sums: { state: string; parts: string[] }[];
  memory: Set<string>;
  charted: Set<string>;
  gate: Record<string, Gate>;
  summed: Record<string, Gate>;
}

/** What the model says after each step, where that is known. */
interface Says {
  label: string;
  steps: ({ text: string; share: number | null } | null)[];
}

/** A gate of a unit that is held at a value, at a step or, where that is 0, at every step. */
interface Held {
  gate: string;
  step: number;
  unit: number;
  value: number;
}

/** `payload` of lstm_core/figures/lens.py. Arrays are float32 in base64; steps count from 1, in time order. */
interface Payload {
  steps: number;
  units: number;
  features: number;
  backwards: boolean;
  stateful: boolean;
  labels: string[] | null;
  opensAt: number | null;
  example: string; // the sequence, or the task that it is of
  named: string | null;
  masked: number[];
  start: string;
  call: number;
  activation: string;
  recurrentActivation: string;
  spec: SpecData;
  outputs: Output[];
  sent: { steps: number[]; first: number; last: number } | null;
  values: Record<Quantity, string>;
  overview: { units: number; steps: number; values: string } | null;
  reach: number[];
  headline: { title: string; said: string } | null;
  says: Says | null;
  held: Held[];
  free: { before: string; memory: string; says: Says | null } | null;
  begins: Record<Quantity, number[]>;
  before: Record<Quantity, string>;
  kernel: string;
  recurrent: string;
  bias: string | null;
  inputMask: string | null;
  recurrentMask: string | null;
  colours: Record<Quantity, string>;
  scales: Record<Quantity, Scale>;
  text: Record<"layer" | "move" | "cell", Record<string, string>>;
}

/** A payload, and questions to ask it: what `readPayload` returns, and the pictures call P. */
type Picture = Omit<Payload, "spec" | "values" | "free" | "before" | "masked" | "kernel" | "recurrent" | "bias" | "inputMask" | "recurrentMask"> & {
  values: Record<Quantity, Float32Array>;
  initialValues: Record<Quantity, Float32Array>;
  first: number;
  last: number;
  spec: Spec;
  activations: Record<string, string>;
  maskedSteps: number[];
  previous(step: number): number | null;
  next(step: number): number | null;
  isHere(step: number): boolean;
  hasUnit(unit: number): boolean;
  held: Held[];
  heldAt(gate: string, step: number, unit: number): Held | undefined;
  free: { says: Says | null; before(step: number, unit: number): number; memory(step: number, unit: number): number } | null;
  masked(step: number): boolean;
  x(step: number, feature: number): number;
  value(quantity: Quantity, step: number, unit: number): number;
  before(state: Quantity, step: number, unit: number): number;
  kernel(gate: string, feature: number, unit: number): number;
  recurrent(gate: string, from: number, unit: number): number;
  bias(gate: string, unit: number, row?: number): number | null;
  inputMask(gate: string, feature: number): number;
  recurrentMask(gate: string, unit: number): number;
};

/** What is chosen, or pointed at: a step, a unit and, if any, a part of the cell. */
interface At {
  step?: number;
  unit?: number;
  node?: string | null;
}

/** Where the steps of the unrolled layer stand in its window: `layerGeometry` of layer.js. */
interface LayerGeometry {
  width: number;
  size: "wide" | "narrow";
  pitch: number;
  cell: number;
  strip: { x: number; width: number; height: number };
  input: { x: number; width: number; height: number };
  wide: Ruler;
  content: number;
  scrolls: boolean;
  middle(step: number): number;
  stepAt(x: number): number;
  whole(left: number): number;
  ahead: 1 | -1;
  counts: boolean;
  writeState?: (value: number) => string;
  writeInput?: (value: number) => string;
}

/** Where the box of a step's input is. */
interface Box {
  inputTop: number;
  inputBottom: number;
}

/** The heights of a layer's picture: where its outputs leave, its states run, and words at both ends begin. */
interface Levels {
  height: number;
  rail: number;
  waits: number;
  startWords: number;
  heightOf(state: string): number;
}

/** What a step does to the memory of a unit: `flowOf` of river.js. */
interface Flow {
  from: number;
  to: number;
  dropped?: number;
  written?: number;
}

/** The heights of a river in pixels, and the memory that is as high as can be: `riverGeometry` of river.js. */
interface RiverGeometry extends Levels, Box {
  base: number;
  most: number;
  text: number;
  step: number;
  centre: number;
  half: number;
  reach: number;
}

/** How wide a text is at a font size and weight, in pixels. */
type Ruler = (text: string, size: number, weight?: number) => number;

interface Wires {
  output: Output;
  places: Map<number, number>;
  zeros: Set<number>;
  state(name: string): Output | undefined;
}

/** What strips are cut from, a quantity each: `paintings` of strips.js. */
type Paintings = Record<string, { image: HTMLImageElement; href: string; rows: number; columns: number }>;

/** The numbers inside the cell at one step for one unit: `cellOf` of terms.js. */
interface Cell {
  numbers: Record<string, number>;
  masked: boolean;
}

/** A text in a line of the panel; a quantity has its colour under it. */
type Token = string | { text: string; quantity?: string; role?: string };

// ---- the charts ----

/** An array as Plotly for Python packs it. */
interface Packed {
  bdata: string;
  dtype: string;
  shape: string;
}

interface Panel {
  kind: "heatmap" | "lines";
  quantity: Quantity;
  grid: string;
  axis: string;
  rows: number;
  name: string;
  masked: number[];
  colour: string;
  notes: string[];
  title: number;
  top: number;
  height: number;
  legend: string | [string, string];
  carried: boolean;
  marks?: { name: string; order: number; steps: number[] }[];
}

/** A figure of lstm_core/figures: Plotly's data and layout, and in `meta` what the page draws around them. */
interface Figure {
  data: any[];
  layout: { height: number; margin: { l: number; r: number; t: number; b: number }; [axis: string]: any };
  meta: FigureMeta;
}

/** A figure of Plotly's own kind; lines and markers may have a colour for each scheme in their trace's `meta`. */
interface PlainFigure {
  data: any[];
  layout: { height: number; margin?: Partial<Figure["layout"]["margin"]>; [axis: string]: any };
  meta?: { alt: string; summary?: string };
}

/** `rows` are the places of panels that stand abreast where there is room; `sent` is what of a long sequence is in the figure: its first and last step, and how many are one mean. */
interface FigureMeta {
  steps: number;
  sent: { first: number; last: number; size: number } | null;
  alt: string;
  summary: string;
  zoom: boolean;
  panels: Panel[];
  rows: number[][];
  labels: string[] | null;
  pixels: Record<"title" | "note" | "words", number>;
  text: Record<string, string>;
}

/** What the charts' `show` gets: `token` says which drawing is done, `plotly` is the address of Plotly.js. */
interface Charted {
  figure: Figure | PlainFigure;
  token: string;
  plotly: string | null;
}

/** A panel where it stands at a width, from `x` on and with its labels; `slim` where those have little room. */
type PlacedPanel = Panel & { x: number; wide: number; slim: boolean; geometry: FigureGeometry };

type PlacedFigure = Omit<Figure, "meta"> & { meta: Omit<FigureMeta, "panels"> & { panels: PlacedPanel[] } };

/** A figure at a width, a range of steps and a theme. */
type FigureView = PlacedFigure & {
  width: number;
  range: number[];
  grids: Record<string, Float32Array[]>;
  draggable: boolean;
  theme: Theme;
  columns: Columns;
};

interface Theme {
  scheme: "light" | "dark";
  font: string;
  text: string;
  line: string;
  grid: string;
}

interface Columns {
  size: number;
  starts: number[];
}

interface FigureGeometry {
  left: number;
  plot: number;
  cell: number;
  x(step: number): number;
  stepAt(x: number): number;
}

interface ChartCell {
  panel: PlacedPanel;
  step: number;
  row: number;
}

// ---- a layer's parameters ----

/** A number with what it counts, or a sign of the formula. */
interface FormulaToken {
  text: string;
  name?: string;
}

interface ParametersGate {
  name: string;
  symbol: string;
  letter: string;
  colour: string;
  said: string;
}

interface ParametersTensor {
  name: string;
  letters: string[];
  rows: number;
  rowNames: string[];
  shape: string;
  count: string;
  size: string;
}

/** `parameters` of lstm_core/figures/parameters.py. */
interface ParametersData {
  units: number;
  twice: boolean;
  gates: ParametersGate[];
  tensors: ParametersTensor[];
  formula: FormulaToken[];
  sum: string;
  text: Record<string, string>;
}

// ---- units against time steps ----

/** `units_steps` of lstm_core/figures/units_steps.py. */
interface UnitsStepsData {
  cell: string;
  features: number;
  most: number;
  begins: { units: number; steps: number };
  parameters: number[];
  rows: number;
  gates: string[];
  colour: string;
  text: Record<string, string>;
}

// ---- forecasts ----

interface ForecastLine {
  name: string;
  label: string;
  off: string;
  values: number[];
}

/** `forecast` of lstm_core/figures/forecast.py. */
interface ForecastData {
  years: number[];
  lines: ForecastLine[];
  text: Record<string, string>;
}

// ---- a stack of layers ----

interface StackDirection {
  name: string;
  backwards: boolean;
  last: number;
  columns: number;
  values: string;
}

interface StackedLayer {
  name: string;
  shape: string;
  behind: string;
  sequences: boolean;
  merge: string | null;
  masked: number[];
  zeros: number[];
  returned: string;
  places: number[];
  directions: StackDirection[];
}

interface StackHead {
  name: string;
  shape: string;
  columns: number;
  values: string;
  scale: Scale;
}

/** `stack` of lstm_core/figures/stack.py. Arrays are float32 in base64; steps count from 1, in each layer's own order. */
interface StackData {
  steps: number;
  labels: string[] | null;
  front: string;
  layers: StackedLayer[];
  head: StackHead | null;
  opened: { layer: number; direction: number };
  colour: string;
  scale: Scale;
  notes: string[];
  text: Record<string, string>;
}

interface StackRow {
  layer: number;
  direction: number;
  y: number;
  middle: number;
  bottom: number;
}

/** Where the parts of a stack stand: `layOut` of stack/layout.js. Rows and layers from the bottom up. */
interface StackGeometry {
  width: number;
  size: "wide" | "narrow";
  pitch: number;
  cell: number;
  gap: number;
  content: number;
  chain: number[];
  height: number;
  foot: number;
  end: number;
  scrolls: boolean;
  crosses: boolean;
  head?: { y: number; height: number };
  rows: StackRow[];
  layers: { index: number; top: number; merge?: { y: number; height: number }; turned: boolean; rows: StackRow[]; bottom: number }[];
  middle(step: number): number;
  stepAt(x: number): number;
}

// ---- beside the modules ----

interface DocumentEventMap {
  "lens-returned": CustomEvent;
  "lens:step": CustomEvent<Pointed>;
}

interface Window {
  Plotly: any;
}

/** Streamlit's own words by language, which Python writes before page/streamlit.js. */
declare const WORDS: Record<string, Record<string, string>>;
