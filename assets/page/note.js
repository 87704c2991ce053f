// Notices where something was given: how it was read, or why it is refused. Their classes are those of the page's head.

export default function show({ data: bytes, parentElement }) {
  const { lines } = JSON.parse(new TextDecoder().decode(bytes));
  parentElement.querySelector(".lens-note").replaceChildren(...lines.map(({ kind, text }) => {
    const line = document.createElement("p");
    line.className = `lens-notice lens-notice-${kind}`;
    line.textContent = text;
    return line;
  }));
}
