// The unrolled layer in the page: draws it once for data and width, then only moves a mark from step to step.

import { SVG, element, scaleOf, setAttributes } from "../shared/elements.js";
import { drawExit, drawLoop, drawStart, endWidths, startInWords } from "./layer_ends.js";
import { condense, rulerOf } from "./fit.js";
import { Y, drawChains, drawSteps, layerGeometry, sizeOf, unitMark, wiresOf } from "./layer.js";
import { inView, scrolledTo } from "./navigation.js";

const MAX_DRAWN = 64; // steps drawn at once; of longer sequences those around the window
const GLIDE_MS = 700; // folding and unfolding, with its delay

export const isCalm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** A text that may break after the low lines of names. */
const breakable = (text) => text.split(/(?<=_)/).flatMap((part, k) => (k ? [document.createElement("wbr"), part] : [part]));

const draws = (node, parts) => node.replaceChildren(...parts.map((part) => element(part, SVG)));

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
    this.folded = false;
    this.mark = element(["path", { class: "mark" }], SVG);
    this.parts.window.addEventListener("click", (event) => this.click(event, choose));
    this.parts.window.addEventListener("scroll", () => this.scrolled() && look());
    this.resized = new ResizeObserver(() => this.width !== this.parts.layer.clientWidth && this.draw());
    this.resized.observe(this.parts.layer);
  }

  destroy() {
    this.resized.disconnect();
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
    this.root.classList.toggle("lens-narrow", size === "narrow");
    this.drawEnds(widths);
    setAttributes(parts.picture, { width: G.content, height: Y.height });
    draws(parts.chains, drawChains(P, G, wires));
    draws(parts.loop, drawLoop(P, G));
    this.root.classList.toggle("lens-scrolls", G.scrolls);
    this.drawn = undefined;
    parts.window.scrollLeft = this.left = G.whole(parts.window.scrollLeft);
    this.gather();
    this.move(this.at);
  }

  drawEnds(widths) {
    const { P, parts, wires, paints } = this;
    const sides = P.backwards ? ["right", "left"] : ["left", "right"];
    const ends = { start: drawStart(sides[0], widths.start, P, paints, this.G), exit: drawExit(sides[1], widths.exit, P, wires) };
    const words = { start: startInWords(P), exit: P.stateful ? P.text.layer.waits : "" };
    for (const [k, name] of ["start", "exit"].entries()) {
      const end = parts[sides[k]];
      const [svg, caption] = end.children;
      end.className = `lens-end lens-${name}`;
      setAttributes(svg, { width: widths[name], height: Y.height });
      draws(svg, ends[name]);
      condense(svg.querySelectorAll("[data-room]"));
      caption.replaceChildren(...breakable(words[name]));
    }
  }

  /** Draw the steps in and around the window, unless they are drawn already. */
  drawSteps() {
    const { P, G, drawn } = this;
    const [first, last] = this.inView;
    if (drawn && drawn[0] <= first && last <= drawn[1]) return;
    const spare = Math.max(0, Math.floor((MAX_DRAWN - (last - first + 1)) / 2));
    this.drawn = P.steps <= MAX_DRAWN ? [1, P.steps] : [Math.max(1, first - spare), Math.min(P.steps, last + spare)];
    draws(this.parts.steps, drawSteps(P, G, this.wires, this.paints, this.drawn));
    this.marked = undefined;
    this.highlight();
  }

  // -- what changes with the step --

  /** Go to a step and unit. */
  move(at) {
    this.at = at;
    if (!this.G) return;
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
    if (P.units > 1 && !P.masked(step)) node.append(this.mark);
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

  /** Gather all steps into one, or lay them out again. */
  fold() {
    const { root } = this;
    this.folded = !this.folded;
    this.move(this.at);
    if (this.G) this.gather(); // where the page gives no room yet, drawing will
    root.classList.toggle("lens-turning", !isCalm());
    void root.offsetWidth; // so that the steps set out from where they stand now
    root.classList.toggle("lens-folded", this.folded);
    clearTimeout(this.gliding);
    this.gliding = setTimeout(() => root.classList.remove("lens-turning"), GLIDE_MS);
  }

  // -- pointing --

  click({ target, clientX }, choose) {
    const node = target.closest(".step");
    if (!node) return;
    const { strip, pitch } = this.G;
    const { left } = node.querySelector(".touch").getBoundingClientRect();
    const x = (clientX - left) / scaleOf(this.parts.window);
    const place = (x - pitch / 2 - strip.x) / strip.width;
    const onStrip = target.closest(".step > svg, .strip-frame") && place >= 0 && place < 1;
    const step = Number(node.dataset.step);
    choose(onStrip ? { step, unit: Math.floor(place * this.P.units) + 1 } : { step });
  }
}
