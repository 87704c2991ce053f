// What differs between A and B, as tables: arguments, a few numbers, and returned tensors. All text arrives as data and is set as text.

function element(tag, content, attributes = {}) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...(Array.isArray(content) ? content : [content]));
  return node;
}

/** A table with a row for each thing: its name, how it is in A and in B, and what else is said of it. */
function fill(table, names, rows) {
  const head = element("tr", names.map((name) => element("th", name, { scope: "col" })));
  const body = rows.map(([name, ...values]) => element("tr", [
    element("th", name, { scope: "row" }), ...values.map((value) => element("td", value)),
  ]));
  table.replaceChildren(element("thead", head), element("tbody", body));
  table.hidden = !rows.length;
}

function say(node, text) {
  node.textContent = text;
  node.hidden = !text;
}

export default function show({ data: bytes, parentElement }) {
  const data = JSON.parse(new TextDecoder().decode(bytes));
  const root = parentElement.querySelector(".lens-compare");
  const [argumentsTable, numbers, tensors] = root.querySelectorAll("table");
  root.querySelector(".lens-compare-tables").setAttribute("aria-label", `${data.argument}, ${data.returned}`);
  say(root.querySelector(".lens-compare-nothing"), data.nothing);
  say(root.querySelector(".lens-compare-inside"), data.inside);
  fill(argumentsTable, [data.argument, "A", "B"], data.arguments);
  fill(numbers, [data.inNumbers, "A", "B", data.apart], data.numbers);
  fill(tensors, [data.returned, "A", "B", data.apart], data.tensors);
}
