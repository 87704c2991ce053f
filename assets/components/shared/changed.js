// What the last flag changed in what the layer returns, in one line under the flags. Its place is always there, so that
// nothing moves when it is said; what is too long for it is read whole by pointing at it, or by the focus.

export function showChanged(root, changed) {
  const element = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });
  const { title, lines = [], none } = changed ?? {};
  const said = lines.length ? [element("strong", title), ...lines.map((line) => element("span", line))] : [];
  const line = element("p", lines.length ? "" : none);
  line.append(...said.flatMap((part) => [part, " "]));
  if (lines.length) line.tabIndex = 0;
  root.replaceChildren(...(changed ? [line] : []));
  root.classList.toggle("lens-said", lines.length > 0);
}
