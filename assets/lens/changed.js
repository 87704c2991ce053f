// What the last flag changed in what the layer returns, in one line under the flags; nothing where nothing did.

function showChanged(root, changed) {
  const element = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });
  const said = changed?.lines.length ? [element("strong", changed.title), ...changed.lines.map((line) => element("p", line))] : [];
  root.replaceChildren(...said);
}
