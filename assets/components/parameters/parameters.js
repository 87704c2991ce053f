// Where a layer's parameters are: its weights as blocks by gate. A gate that is chosen here is chosen in the cell too, by
// the event `lens:step` on the document, and one that is chosen there is lit here.

import { condense, rulerOf } from "../lens/fit.js";
import { SVG, element, setAttributes } from "../shared/elements.js";
import { FittedView, STEP_EVENT, showIn } from "../shared/view.js";
import { drawBlocks, drawFormula, layOut } from "./blocks.js";

class Parameters extends FittedView {
  constructor(root) {
    const svg = root.querySelector("svg");
    super(root, svg);
    this.svg = svg;
    this.lit = null; // the name of a gate
    this.at = undefined; // step and unit where the cell's picture stands, if there is one
    this.gone = new AbortController();
    const { signal } = this.gone;
    const gateOf = ({ target }) => target.closest(".gate")?.dataset.gate;
    svg.addEventListener("click", (event) => this.choose(gateOf(event)));
    svg.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      this.choose(gateOf(event));
    });
    document.addEventListener(STEP_EVENT, ({ detail }) => this.follow(detail), { signal });
  }

  destroy() {
    this.gone.abort();
    super.destroy();
  }

  show(data) {
    if (!data.gates.some(({ name }) => name === this.lit)) this.lit = null;
    super.show(data);
    if (!this.at) this.tell({ pinned: false }); // whoever keeps the step says which it is
  }

  draw() {
    const { root, svg, data } = this;
    const G = layOut(data, this.width, rulerOf(root));
    setAttributes(svg, { "aria-label": data.text.alt, height: G.height });
    svg.replaceChildren(...drawBlocks(data, G, this.lit).map((part) => element(part, SVG)));
    condense(svg.querySelectorAll("[data-room]"));
    const formula = root.querySelector(".lens-formula");
    formula.setAttribute("aria-label", data.sum);
    formula.replaceChildren(...drawFormula(data).map((part) => element(part)));
    const notes = [...(data.twice ? [data.text.twice] : []), ...(G.exact ? [] : [data.text.not_to_scale])];
    root.querySelector(".lens-parameters-note").textContent = notes.join(" ");
    this.light(this.lit);
  }

  /** Let the blocks of a gate stand out, or of none. */
  light(gate) {
    this.lit = gate;
    this.root.toggleAttribute("data-lit", gate !== null);
    for (const node of this.svg.querySelectorAll(".gate")) node.setAttribute("aria-pressed", String(node.dataset.gate === gate));
    const said = this.data.gates.find(({ name }) => name === gate)?.said ?? this.data.text.hint;
    this.root.querySelector(".lens-parameters-said").textContent = said;
  }

  /** Someone clicks on a gate: it is lit, here and in the cell; once more, and it is no longer. */
  choose(gate) {
    if (!gate || !this.data) return;
    this.light(gate === this.lit ? null : gate);
    if (this.at) this.tell({ ...this.at, quantity: this.lit ?? undefined, pinned: true });
  }

  /** Another picture stands at a step, and perhaps at a gate. */
  follow(/** @type {Pointed} */ { step, unit, quantity, pinned, source }) {
    if (source === this.root || !step || !pinned) return;
    this.at = { step, unit };
    if (this.data) this.light(this.data.gates.some(({ name }) => name === quantity) ? quantity : null);
  }

  tell(detail) {
    document.dispatchEvent(new CustomEvent(STEP_EVENT, { detail: { ...detail, source: this.root } }));
  }
}

export default function show({ data, parentElement }) {
  return showIn(parentElement.querySelector(".lens-parameters"), Parameters, data);
}
