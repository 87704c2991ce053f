// Python source with quiet colours and a copy button. The source is set as text, token by token.
// What leads up to the point is folded away; nothing else has to be scrolled into view.

import { copyOnClick } from "./copy.js";

const MAX_COLOURED = 40_000; // characters; a packed script of many weights stays plain

/** @type {[string, RegExp][]} */
const TOKENS = [
  ["comment", /#[^\n]*/],
  ["string", /"""[^]*?"""|"[^"\n]*"|'[^'\n]*'/],
  ["keyword", /\b(?:import|from|as|def|return|for|in|if|else|is|None|True|False)\b/],
  ["argument", /\b[a-z_]+(?==[^=\s])/],
  ["number", /\b\d[\d.]*(?:e[+-]?\d+)?\b/],
];
const ANY_TOKEN = new RegExp(TOKENS.map(([, pattern]) => `(${pattern.source})`).join("|"), "g");

function coloured(source) {
  if (source.length > MAX_COLOURED) return [source];
  const nodes = [];
  let end = 0;
  for (const match of source.matchAll(ANY_TOKEN)) {
    const kind = TOKENS[match.slice(1).findIndex((group) => group !== undefined)][0];
    nodes.push(source.slice(end, match.index), element("span", `lens-code-${kind}`, match[0]));
    end = match.index + match[0].length;
  }
  return [...nodes, source.slice(end)];
}

function element(name, className, ...children) {
  const made = document.createElement(name);
  made.className = className;
  made.append(...children);
  return made;
}

/** A line of its own: where it is too long for the box, it goes on under itself, two characters further in. */
function lineOf(text, isMarked) {
  const line = element("span", "lens-code-line", ...coloured(text));
  line.style.setProperty("--lens-indent", text.search(/\S|$/) + 2);
  line.toggleAttribute("data-marked", isMarked);
  return line;
}

function foldOf(text, label) {
  const inside = element("div", "lens-code-folded", ...coloured(text));
  inside.tabIndex = 0;
  inside.setAttribute("aria-label", label);
  inside.setAttribute("role", "group");
  return element("details", "lens-code-fold", element("summary", "", label), inside);
}

/** The source line by line; those of a fold, [first, end, label], behind their label. */
function listing({ source, folds, marked }) {
  const lines = source.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const nodes = [];
  for (let at = 0; at < lines.length; ) {
    const fold = folds.find(([first]) => first === at);
    nodes.push(fold ? foldOf(lines.slice(at, fold[1]).join(""), fold[2]) : lineOf(lines[at], marked.includes(at)));
    at = fold ? fold[1] : at + 1;
  }
  return nodes;
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

export default function show({ data: bytes, parentElement }) {
  const data = JSON.parse(new TextDecoder().decode(bytes));
  const { source, label } = data;
  const root = parentElement.querySelector(".lens-code");
  const note = parentElement.querySelector(".lens-code-note");
  note.textContent = data.note ?? "";
  note.hidden = !data.note;
  const drawn = JSON.stringify([source, data.folds]);
  if (root.dataset.drawn !== drawn) {
    root.dataset.drawn = drawn;
    root.querySelector("code").replaceChildren(...listing(data));
  }
  root.querySelector("pre").setAttribute("aria-label", label);
  showOutput(root.querySelector(".lens-output"), data.output);
  copyOnClick(root.querySelector(".lens-code-copy"), data, () => source);
}
