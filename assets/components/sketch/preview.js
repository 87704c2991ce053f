// What was brought, a line for each feature: its course over the steps and its first numbers.

import { SVG, element } from "../shared/elements.js";

const HEIGHT = 20; // of the picture, in its own units; a step is one unit wide

/** The course of one feature: the first batch row, and the others behind it. */
function course({ lines, low, high }) {
  const place = (value) => HEIGHT - ((value - low) / (high - low || 1)) * HEIGHT;
  const points = (line) => (line.length > 1 ? line : [line[0], line[0]]).map((value, step) => `${step},${place(value)}`);
  const width = Math.max(1, lines[0].length - 1);
  return element(
    ["svg", { viewBox: `0 0 ${width} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" },
      lines.map((line, k) => ["polyline", { points: points(line).join(" "), class: k ? "other" : "first" }]).reverse()],
    SVG,
  );
}

function row(feature) {
  const node = element(["tr", {}, [
    ["th", { scope: "row" }, feature.name],
    ["td", {}, ""],
    ["td", {}, feature.first],
    ["td", { class: "number" }, feature.smallest],
    ["td", { class: "number" }, feature.largest],
  ]]);
  node.children[1].append(course(feature));
  return node;
}

export default function show({ data: bytes, parentElement }) {
  const { text, features } = JSON.parse(new TextDecoder().decode(bytes));
  const root = parentElement.querySelector(".lens-preview");
  root.setAttribute("aria-label", text.title);
  root.querySelector("thead").replaceChildren(element(["tr", {},
    ["feature", "course", "first", "smallest", "largest"].map((name) =>
      ["th", { scope: "col", class: name === "smallest" || name === "largest" ? "number" : "" }, text[name]])]));
  root.querySelector("tbody").replaceChildren(...features.map(row));
  root.querySelector("p").textContent = text.more;
}
