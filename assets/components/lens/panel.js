// The panel under the cell: what formula.js says, as text. Elements are made once and used again from step to step.

import { cellText } from "./formula.js";
import { TERMS_ALL } from "./terms.js";

/** An element with a class, and text or children. */
export function piece(tag, name, ...inside) {
  const made = document.createElement(tag);
  if (name) made.className = `lens-cell-${name}`;
  made.append(...inside);
  return made;
}

// What an element shows is kept on it, for to ask the page for it costs as much as to set it.

/** Set the text of an element that holds nothing else, if it is another. */
export function write(element, text) {
  if (element.written === text) return;
  element.written = text;
  if (element.firstChild) element.firstChild.data = text;
  else element.append(text);
}

/** Show or hide an element, if it is not so already. */
function hide(element, hides) {
  if (element.hides === hides) return;
  element.hides = hides;
  element.hidden = hides;
}

/** Let `parent` show as many children as there are items: more are made where needed, spare ones are hidden. */
function fillWith(parent, items, make, fill) {
  while (parent.children.length < items.length) parent.append(make());
  let child = parent.firstElementChild;
  for (let k = 0; child; k += 1, child = child.nextElementSibling) {
    hide(child, k >= items.length);
    if (k < items.length) fill(child, items[k]);
  }
}

function fillToken(span, token) {
  const { text, quantity = null, role = null } = typeof token === "string" ? { text: token } : token;
  write(span, text);
  mark(span, "quantity", quantity);
  mark(span, "role", role);
}

/** Set or remove a data attribute, if it is another. */
export function mark(element, name, value) {
  const marks = (element.marks ??= {});
  if ((marks[name] ?? null) === value) return;
  marks[name] = value;
  if (value === null) delete element.dataset[name];
  else element.dataset[name] = value;
  if (name === "quantity") element.style.setProperty("--quantity", `var(--lens-cell-${value})`);
}

const fillLine = (line, tokens) => fillWith(line, tokens, () => piece("span"), fillToken);

const TERM = ["label", "value", "factor", "weight", "product"]; // the values of x and h have the outer two

const makeTerm = () => piece("li", "term", ...TERM.map((name) => piece("span", name)));

function fillTerm(item, term) {
  for (const [k, name] of TERM.entries()) {
    hide(item.children[k], !term[name]);
    write(item.children[k], term[name] ?? "");
  }
}

/** How many characters wide the terms of a group are: as if all numbers were negative, so that columns stay. */
function widthOfTerms(terms) {
  const wide = (text) => (text ? Math.max(7, text.length) + 2 : 0); // with a sign before it and a gap
  const name = (text) => Math.max(3, text.length + 1);
  return Math.max(0, ...terms.map(({ label, value, factor, weight, product }) => (
    name(label) + wide(value) + wide(factor) + wide(weight) + wide(product))));
}

export class Panel {
  /** `reopen` is called when the reader wants all terms listed, or the largest only; `hand` stands above the formula. */
  constructor(reopen, hand) {
    this.what = piece("p", "what");
    this.lines = piece("div", "lines");
    this.groups = piece("div", "groups");
    this.notes = piece("div", "notes");
    this.root = piece("div", "panel", this.what, hand, this.lines, this.groups, this.notes);
    this.all = false;
    this.root.addEventListener("click", ({ target }) => {
      if (!target.closest(".lens-cell-rest")) return;
      this.all = !this.all;
      reopen();
    });
  }

  show(/** @type {Picture} */ P, { what, lines, groups, notes }) {
    write(this.what, what);
    fillWith(this.lines, lines, () => piece("p", "equation"), fillLine);
    fillWith(this.groups, groups, makeGroup, (element, group) => this.fillGroup(P, element, group));
    fillWith(this.notes, notes, () => piece("p", "note"), write);
  }

  fillGroup(/** @type {Picture} */ P, element, { quantity, title, tensor, sum, terms, rest }) {
    const [head, list, more] = element.children;
    mark(element, "lone", P.spec.biasRows > 1 && !terms.length ? "" : null); // there are two: less room for each
    mark(head.children[0], "quantity", quantity);
    for (const [k, text] of [title, tensor, sum].entries()) write(head.children[k], text);
    list.style.setProperty("--term", `${widthOfTerms(terms)}ch`);
    fillWith(list, terms, makeTerm, fillTerm);
    hide(more, !rest && !(this.all && terms.length > TERMS_ALL));
    more.setAttribute("aria-expanded", String(!rest));
    write(more, rest ? cellText(P, rest.sum === null ? "more" : "rest", rest) : cellText(P, "fewer"));
  }
}

function makeGroup() {
  const title = [piece("span", "group-title"), piece("code", "tensor"), piece("span", "group-sum")];
  const head = piece("div", "group-head", ...title);
  const more = piece("button", "rest");
  more.type = "button";
  return piece("section", "group", head, piece("ul", "terms"), more);
}
