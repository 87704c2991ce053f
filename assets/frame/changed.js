// What the last flag changed in what the layer returns, in one line under the flags; nothing where nothing did.

function element(tag, text) {
  const node = document.createElement(tag);
  node.textContent = text;
  return node;
}

export default function ({ data: bytes, parentElement }) {
  const { title, lines } = JSON.parse(new TextDecoder().decode(bytes));
  const said = lines.length ? [element("strong", title), ...lines.map((line) => element("p", line))] : [];
  parentElement.querySelector(".lens-changed").replaceChildren(...said);
}
