// A table of numbers on a colour scale. Labels arrive as data and are set as text.

import { cellColour, inkOn } from "../shared/colours.js";
import { element } from "../shared/elements.js";

/** The table cell of a value; null stays empty. */
function cell(value, { digits, scale }, isMarked) {
  if (value === null) return ["td", {}];
  const colour = cellColour(value, scale);
  const style = `background: rgb(${colour.map(Math.round).join(" ")}); color: ${inkOn(colour)}`;
  return ["td", { style, class: isMarked ? "lens-marked" : "" }, value.toFixed(digits)];
}

export default function show({ data: bytes, parentElement }) {
  const data = JSON.parse(new TextDecoder().decode(bytes));
  const root = parentElement.querySelector(".lens-grid");
  const marked = new Set(data.marked.map(String));
  root.setAttribute("aria-label", data.caption);
  root.querySelector("caption").textContent = data.caption;
  root.querySelector("thead").replaceChildren(
    element(["tr", {}, [["td", {}], ...data.columns.map((label) => ["th", { scope: "col" }, label])]]),
  );
  root.querySelector("tbody").replaceChildren(...data.cells.map((values, row) => element([
    "tr", {}, [
      ["th", { scope: "row" }, data.rows[row]],
      ...values.map((value, column) => cell(value, data, marked.has(`${row},${column}`))),
    ],
  ])));
}
