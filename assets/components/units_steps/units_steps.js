// Units against time steps: two sliders and one picture. Nothing here asks the server.

import { condense } from "../lens/fit.js";
import { SVG, element, setAttributes } from "../shared/elements.js";
import { FittedView, showIn } from "../shared/view.js";
import { STAGE, code, drawCells, layOut, sentences } from "./cells.js";

const THUMB = 16; // pixels of a slider's thumb, as in units_steps.css

class UnitsSteps extends FittedView {
  constructor(root) {
    const svg = root.querySelector("svg");
    super(root, svg);
    this.svg = svg;
    this.chosen = undefined; // units and steps
    this.sliders = Object.fromEntries(["units", "steps"].map((name) => [name, root.querySelector(`.units-steps-${name} input`)]));
    for (const [name, slider] of Object.entries(this.sliders)) {
      slider.addEventListener("input", () => this.choose({ [name]: Number(slider.value) }));
    }
  }

  /** Take new data; what was chosen here stays, unless the layer has other units or the sequence other steps now. */
  show(data) {
    if (JSON.stringify(data.begins) !== JSON.stringify(this.data?.begins)) this.chosen = data.begins;
    for (const [name, slider] of Object.entries(this.sliders)) {
      slider.max = data.most;
      slider.value = this.chosen[name];
    }
    super.show(data);
  }

  choose(change) {
    if (!this.data) return;
    this.chosen = { ...this.chosen, ...change };
    this.fit();
  }

  draw() {
    const { root, svg, data, chosen, sliders } = this;
    const G = layOut(data, this.width);
    const lines = sentences(data, chosen);
    setAttributes(svg, { height: G.height, "aria-label": lines.map((pair) => pair.join(": ")).join(" ") });
    svg.replaceChildren(...drawCells(data, chosen, G).map((part) => element(part, SVG)));
    condense(svg.querySelectorAll("[data-room]"));
    const written = code(data, chosen).map((part) => (typeof part === "string" ? part : element(["b", { class: part[0] }, part[1]])));
    root.querySelector("code").replaceChildren(...written);
    root.querySelector("dl").replaceChildren(...lines.flatMap(([name, said]) => [element(["dt", {}, name]), element(["dd", {}, said])]));
    const track = (length) => `${(data.most - 1) * length + THUMB}px`;
    Object.assign(sliders.units.style, { height: track(STAGE.row), marginTop: `${G.row(data.most) - THUMB / 2}px` });
    Object.assign(sliders.steps.style, { width: track(G.pitch), marginLeft: `${G.middle(1) - THUMB / 2}px` });
    svg.classList.toggle("narrow", G.narrow);
    for (const [name, slider] of Object.entries(sliders)) {
      slider.setAttribute("aria-label", data.text[name]);
      slider.previousElementSibling.replaceChildren(`${data.text[name]} `, element(["b", {}, String(chosen[name])]));
    }
  }
}

export default function show({ data, parentElement }) {
  return showIn(parentElement.querySelector(".lens-units-steps"), UnitsSteps, data);
}
