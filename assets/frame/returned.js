// The tensors that the layer returns, in order: name, shape, what each is, and what Python prints.

function element(tag, className, text) {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = text;
  return node;
}

function tensor({ name, shape, what, printed, quantity }) {
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
  item.append(head, print);
  return item;
}

export default function ({ data: bytes, parentElement }) {
  const data = JSON.parse(new TextDecoder().decode(bytes));
  parentElement.querySelector(".lens-returned-sentence").textContent = data.sentence;
  parentElement.querySelector(".lens-tensors").replaceChildren(...data.tensors.map(tensor));
  parentElement.querySelector(".lens-returned-note").textContent = data.note;
}
