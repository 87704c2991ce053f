// What a model says of months that it was not trained on, beside simple rules and what came true.

import { SVG, element, setAttributes } from "../shared/elements.js";
import { FittedView, showIn } from "../shared/view.js";
import { drawForecast } from "./course.js";

class Forecast extends FittedView {
  draw() {
    const { root, data, width } = this;
    const { height, parts } = drawForecast(data, width);
    root.querySelector("h3").textContent = data.text.title;
    root.querySelector("p").textContent = data.text.note;
    const svg = root.querySelector("svg");
    setAttributes(svg, { "aria-label": data.text.alt, height });
    svg.replaceChildren(...parts.map((part) => element(part, SVG)));
  }
}

export default function show({ data, parentElement }) {
  return showIn(parentElement.querySelector(".lens-forecast"), Forecast, data);
}
