// The tensors that the layer returns, in order: name, shape, what each is, and what Python prints.

import { showChanged } from "../components/shared/changed.js";

function element(tag, className, text) {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = text;
  return node;
}

function tensor({ name, shape, what, printed, quantity, colour }) {
  const head = element("div", "lens-tensor-head", "");
  head.append(
    element("code", "lens-tensor-name", name),
    element("code", "lens-tensor-shape", shape),
    element("span", "lens-tensor-what", what),
  );
  const print = element("pre", "lens-tensor-print", printed);
  print.tabIndex = 0;
  const item = element("li", "lens-tensor", "");
  item.dataset.quantity = quantity;
  item.style.borderLeftColor = colour;
  item.append(head, print);
  return item;
}

function draw(root, { of, sentence, tensors, note }) {
  root.dataset.of = of;
  root.querySelector(".lens-returned-sentence").textContent = sentence;
  root.querySelector(".lens-tensors").replaceChildren(...tensors.map(tensor));
  root.querySelector(".lens-returned-note").textContent = note;
}

// Keras's own numbers, which the head gets to know; of an experiment that is on screen no more, they come too late.
document.addEventListener("lens-returned", ({ detail }) => {
  for (const root of document.querySelectorAll(".lens-returned")) {
    if (root.getAttribute("data-of") === detail.of) draw(root, detail);
  }
});

let asked = false;

export default function show({ data: bytes, parentElement }) {
  const data = JSON.parse(new TextDecoder().decode(bytes));
  const root = parentElement.querySelector(".lens-returned");
  const heading = root.querySelector("h3");
  heading.textContent = data.title ?? "";
  heading.hidden = !data.title;
  root.querySelector(".lens-returned-all").setAttribute("aria-label", data.title ?? "");
  showChanged(root.querySelector(".lens-changed"), data.changed);
  draw(root, data);
  if (!asked) document.dispatchEvent(new CustomEvent("lens-returned-asked"));
  asked = true;
}
