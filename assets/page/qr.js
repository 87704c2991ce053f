// A QR code: black on white in both themes, since not every reader takes the inverse.

const SVG = "http://www.w3.org/2000/svg";

function shape(tag, attributes, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

export default function show({ data: bytes, parentElement }) {
  const { side, path, label } = JSON.parse(new TextDecoder().decode(bytes));
  const figure = parentElement.querySelector(".lens-qr");
  figure.setAttribute("aria-label", label);
  const paper = shape("rect", { width: side, height: side, fill: "#fff" });
  const ink = shape("path", { d: path, fill: "#000" });
  figure.replaceChildren(shape("svg", { viewBox: `0 0 ${side} ${side}`, "shape-rendering": "crispEdges" }, paper, ink));
}
