// Python source with quiet colours and a copy button. The source is set as text, token by token.

const LONGEST_COLOURED = 40_000; // characters; a packed script of many weights stays plain

const TOKENS = [
  ["comment", /#[^\n]*/],
  ["string", /"""[^]*?"""|"[^"\n]*"|'[^'\n]*'/],
  ["keyword", /\b(?:import|from|as|def|return|for|in|if|else|is|None|True|False)\b/],
  ["argument", /\b[a-z_]+(?==[^=\s])/],
  ["number", /\b\d[\d.]*(?:e[+-]?\d+)?\b/],
];
const ANY_TOKEN = new RegExp(TOKENS.map(([, pattern]) => `(${pattern.source})`).join("|"), "g");

function coloured(source) {
  const nodes = [];
  let end = 0;
  for (const match of source.matchAll(ANY_TOKEN)) {
    const span = document.createElement("span");
    span.className = `lens-code-${TOKENS[match.slice(1).findIndex((group) => group !== undefined)][0]}`;
    span.textContent = match[0];
    nodes.push(source.slice(end, match.index), span);
    end = match.index + match[0].length;
  }
  return [...nodes, source.slice(end)];
}

/** What the code printed, or the exception it raised, or that it still runs. */
function showOutput(node, output) {
  node.hidden = !output;
  if (!output) return;
  node.dataset.kind = output.kind;
  node.querySelector("p").textContent = output.label;
  const print = node.querySelector("pre");
  print.textContent = output.text;
  print.hidden = !output.text;
  print.setAttribute("aria-label", output.label);
}

export default function ({ data: bytes, parentElement }) {
  const data = JSON.parse(new TextDecoder().decode(bytes));
  const { source, label } = data;
  const root = parentElement.querySelector(".lens-code");
  const note = parentElement.querySelector(".lens-code-note");
  note.textContent = data.note ?? "";
  note.hidden = !data.note;
  if (root.dataset.source !== source) {
    root.dataset.source = source;
    root.querySelector("code").replaceChildren(...(source.length > LONGEST_COLOURED ? [source] : coloured(source)));
  }
  root.querySelector("pre").setAttribute("aria-label", label);
  showOutput(root.querySelector(".lens-output"), data.output);
  copyOnClick(root.querySelector(".lens-code-copy"), data, () => source);
}
