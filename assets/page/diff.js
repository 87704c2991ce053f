// Unified lines of a diff, each marked by its first character. The lines are set as text.

const KINDS = { "+": "ins", "-": "del" };

export default function show({ data: bytes, parentElement }) {
  const { diff, label } = JSON.parse(new TextDecoder().decode(bytes));
  const root = parentElement.querySelector(".lens-diff");
  root.setAttribute("aria-label", label);
  root.replaceChildren(...diff.split("\n").map((line) => {
    const node = document.createElement(KINDS[line[0]] ?? "span");
    node.textContent = `${line}\n`;
    return node;
  }));
}
