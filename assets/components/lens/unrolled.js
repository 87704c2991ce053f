// The unrolled layer in the page: draws it once for data and width, then only moves a mark from step to step.

import { SVG, element, scaleOf, setAttributes } from "../shared/elements.js";
import { drawExit, drawLoop, drawStart, endWidths, startInWords } from "./layer_ends.js";
import { condense, rulerOf } from "./fit.js";
import { drawChains, drawSteps, layerGeometry, levelsOf, sizeOf, unitMark, wiresOf } from "./layer.js";
import { inView, scrolledTo } from "./navigation.js";
import { drawRiver, drawRiverSteps, riverGeometry } from "./river.js";
import { drawRiverStart } from "./river_start.js";

const MAX_DRAWN = 64; // steps drawn at once; of longer sequences those around the window
const GLIDE_MS = 700; // folding and unfolding, with its delay
const LOW = "(max-height: 799px)"; // windows in which the river is lower

export const isCalm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** A text that may break after the low lines of names. */
const breakable = (text) => text.split(/(?<=_)/).flatMap((part, k) => (k ? [document.createElement("wbr"), part] : [part]));

let made = 0; // pictures, of which each has names of its own for what it refers to

const draws = (node, parts) => node.replaceChildren(...parts.map((part) => element(part, SVG)));

/** What is left of a layer that is cut off at x on the side where its steps go. */
const clipAt = ({ content, ahead }, x) => `inset(-99px ${ahead > 0 ? content - x : 0}px -99px ${ahead > 0 ? 0 : x}px)`;

export class Unrolled {
  /** `choose({step, unit})` is called when someone clicks on a step, or on a unit in it, and `look()` on scrolling. */
  constructor(root, choose, look) {
    this.root = root;
    const part = (selector) => root.querySelector(selector);
    const [left, right] = root.querySelectorAll(".lens-end");
    this.parts = {
      left, right, layer: part(".lens-layer"), window: part(".lens-window"), picture: part(".lens-window > svg"),
      chains: part(".lens-chains"), loop: part(".lens-loop"), steps: part(".lens-steps"), frame: part(".lens-frame"),
    };
    /** @type {Picture} */
    this.P = undefined;
    /** @type {LayerGeometry} */
    this.G = undefined;
    this.left = 0; // how far the window is scrolled
    this.view = "boxes";
    this.filled = undefined; // the step that a play has come to
    this.id = `lens-river${(made += 1)}`;
    this.mark = element(["path", { class: "mark" }], SVG);
    this.parts.window.addEventListener("click", (event) => this.click(event, choose));
    this.parts.window.addEventListener("scroll", () => this.scrolled() && look());
    this.resized = new ResizeObserver(() => this.width !== this.parts.layer.clientWidth && this.draw());
    this.resized.observe(this.parts.layer);
    this.low = matchMedia(LOW);
    this.onLow = () => this.isRiver && this.draw();
    this.low.addEventListener("change", this.onLow);
  }

  get isRiver() {
    return this.view === "river";
  }

  get folded() {
    return this.view === "loop";
  }

  destroy() {
    this.resized.disconnect();
    this.low.removeEventListener("change", this.onLow);
    clearTimeout(this.gliding);
  }

  // -- what changes with the data or the width --

  /** Take new data, and where the picture stands. */
  take(/** @type {Picture} */ P, /** @type {Paintings} */ paints, at) {
    this.P = P;
    this.paints = paints;
    this.at = at;
    this.wires = wiresOf(P);
    this.ruler = rulerOf(this.root);
    this.draw();
  }

  draw() {
    const { P, parts, wires } = this;
    this.width = parts.layer.clientWidth;
    if (!P || !this.width) return;
    const size = sizeOf(this.width);
    const widths = endWidths(size);
    const G = layerGeometry(P, this.width - widths.start - widths.exit, size, this.ruler);
    this.G = G;
    this.size = size;
    this.root.classList.toggle("lens-narrow", size === "narrow");
    this.drawLevels();
    if (!this.isRiver) {
      draws(parts.chains, drawChains(P, G, wires));
      draws(parts.loop, drawLoop(P, G));
    }
    this.root.classList.toggle("lens-scrolls", G.scrolls);
    parts.window.scrollLeft = this.left = G.whole(parts.window.scrollLeft);
    this.gather();
    this.move(this.at);
  }

  /** What the unit of a river decides: its heights, and both ends. */
  drawLevels() {
    const { P, G, parts, at: { unit } } = this;
    this.river = this.isRiver ? riverGeometry(P, unit, this.low.matches) : undefined;
    this.levels = this.river ?? levelsOf(P);
    this.unit = unit;
    this.drawn = undefined;
    setAttributes(parts.picture, { width: G.content, height: this.levels.height });
    this.drawEnds(endWidths(this.size));
  }

  drawEnds(widths) {
    const { P, G, parts, wires, paints, levels, river } = this;
    const sides = P.backwards ? ["right", "left"] : ["left", "right"];
    const start = river
      ? drawRiverStart(sides[0], widths.start, P, river, this.unit, this.id, G.wide) : drawStart(sides[0], widths.start, P, paints, G);
    const ends = { start, exit: drawExit(sides[1], widths.exit, P, wires, levels) };
    const tops = { start: levels.startWords, exit: levels.waits - 8 };
    const words = { start: startInWords(P), exit: P.stateful ? P.text.layer.waits : "" };
    for (const [k, name] of ["start", "exit"].entries()) {
      const end = parts[sides[k]];
      const [svg, caption] = end.children;
      end.className = `lens-end lens-${name}`;
      setAttributes(svg, { width: widths[name], height: levels.height });
      caption.style.top = `${tops[name]}px`;
      draws(svg, ends[name]);
      condense(svg.querySelectorAll("[data-room]"));
      caption.replaceChildren(...breakable(words[name]));
    }
  }

  /** Draw the steps in and around the window, unless they are drawn already. */
  drawSteps() {
    const { P, G, drawn, parts, river, unit, id } = this;
    const [first, last] = this.inView;
    if (drawn && drawn[0] <= first && last <= drawn[1]) return;
    const spare = Math.max(0, Math.floor((MAX_DRAWN - (last - first + 1)) / 2));
    this.drawn = P.steps <= MAX_DRAWN ? [1, P.steps] : [Math.max(1, first - spare), Math.min(P.steps, last + spare)];
    if (river) draws(parts.chains, drawRiver(P, G, river, unit, this.drawn, id));
    const steps = river
      ? drawRiverSteps(P, G, river, this.paints, unit, this.drawn, id) : drawSteps(P, G, this.wires, this.paints, this.drawn);
    draws(parts.steps, steps);
    this.marked = undefined;
    this.fill(this.filled);
    this.highlight();
  }

  // -- what changes with the step --

  /** Go to a step and unit. */
  move(at) {
    this.at = at;
    if (!this.G) return;
    if (this.isRiver && this.unit !== at.unit) this.drawLevels();
    if (!this.folded) this.bring(at.step);
    this.drawSteps();
    this.highlight();
  }

  highlight() {
    const { P, at: { step, unit } } = this;
    const node = this.parts.steps.children[step - this.drawn[0]];
    if (!node) return;
    if (this.markedUnit !== unit || !this.marked) this.mark.setAttribute("d", unitMark(P, this.G, unit));
    this.markedUnit = unit;
    if (node === this.marked) return;
    this.root.classList.toggle("lens-leaving", this.wires.places.has(step));
    this.marked?.classList.remove("chosen");
    node.classList.add("chosen");
    if (P.units > 1 && !this.isRiver && !P.masked(step)) node.append(this.mark);
    else this.mark.remove();
    this.marked = node;
  }

  /** Scroll the window so far that a step is in it. */
  bring(step) {
    const left = scrolledTo(this.G, this.left, step);
    if (left !== this.left) this.parts.window.scrollLeft = this.left = left;
    this.frame();
  }

  /** Follow the window, and return whether it was moved. */
  scrolled() {
    const left = this.parts.window.scrollLeft;
    if (!this.G || Math.abs(left - this.left) < 1) return false;
    this.left = left;
    this.drawSteps();
    this.frame();
    return true;
  }

  /** The first and the last step in view. */
  get inView() {
    return this.folded || !this.G ? [this.at.step, this.at.step] : inView(this.G, this.left);
  }

  /** The overview's frame around the part in view, and where there is more. */
  frame() {
    const { left, G: { content, width } } = this;
    if (this.framed === left && this.framedContent === content) return;
    this.framed = left;
    this.framedContent = content;
    this.root.classList.toggle("lens-more-left", left > 1);
    this.root.classList.toggle("lens-more-right", left < content - width - 1);
    this.parts.frame.style.left = `${(100 * left) / content}%`;
    this.parts.frame.style.width = `${(100 * width) / content}%`;
  }

  // -- folding --

  /** Where all steps gather: in the middle of the window. */
  gather() {
    this.parts.layer.style.setProperty("--middle", `${this.left + this.G.width / 2}px`);
  }

  /** Show the layer as a river, as boxes, or with all of these gathered into one. */
  turn(view) {
    const { root } = this;
    const glides = !this.isRiver && view !== "river" && !isCalm();
    const redraws = this.isRiver !== (view === "river");
    this.view = view;
    root.dataset.view = view;
    root.classList.toggle("lens-turning", glides);
    if (redraws) this.draw();
    else if (this.P) this.move(this.at);
    if (this.G) this.gather(); // where the page gives no room yet, drawing will
    void root.offsetWidth; // so that the steps set out from where they stand now
    root.classList.toggle("lens-folded", this.folded);
    clearTimeout(this.gliding);
    this.gliding = setTimeout(() => root.classList.remove("lens-turning"), GLIDE_MS);
  }

  // -- playing --

  /** Draw nothing that comes after a step, to which the picture fills in `ms`; without a step it is whole. */
  fill(step, ms = 0) {
    const { P, G, root, parts: { steps, chains } } = this;
    const isNew = this.filled === undefined;
    this.filled = step;
    if (!G) return;
    const isAhead = (t) => step !== undefined && (t - step) * G.ahead > 0;
    for (const node of steps.children) node.classList.toggle("ahead", isAhead(Number(node.dataset.step)));
    root.classList.toggle("lens-filling", isAhead(P.last));
    const upTo = (share) => (step === undefined ? "" : clipAt(G, G.middle(step) + share * G.ahead * G.pitch));
    root.style.setProperty("--beat", `${ms}ms`);
    chains.style.transition = "none";
    if (isNew && ms) {
      chains.style.clipPath = upTo(-0.5);
      void root.offsetWidth; // the river sets out from there
    }
    if (ms && !isCalm()) chains.style.transition = `clip-path ${ms}ms linear`;
    chains.style.clipPath = upTo(0.5);
  }

  // -- pointing --

  click({ target, clientX }, choose) {
    const node = target.closest(".step");
    if (!node) return;
    const { strip, pitch } = this.G;
    const { left } = node.querySelector(".touch").getBoundingClientRect();
    const x = (clientX - left) / scaleOf(this.parts.window);
    const place = (x - pitch / 2 - strip.x) / strip.width;
    const onStrip = !this.isRiver && target.closest(".step svg, .strip-frame") && place >= 0 && place < 1;
    const step = Number(node.dataset.step);
    choose(onStrip ? { step, unit: Math.floor(place * this.P.units) + 1 } : { step });
  }
}
