// Streamlit's own words, on Korean pages in Korean; and names that screen readers read, without marks of markup.
// Streamlit writes both itself and offers no other. `PLACES` in streamlit.js says where each word is; a test goes to each.
// `WORDS` comes before this script: those words by language, the English ones as Streamlit has them.

import { PLACES, SELECTORS } from "./streamlit.js";

const MARKED = '[aria-label*="`"], [aria-label*="*"]';
const RULES = PLACES.map(([name, selector, attribute = "data"]) => ({ name, selector, attribute, english: template(WORDS.en[name]) }));
const ANY = [...RULES.map(({ selector }) => selector), MARKED].join(", ");
const changed = new WeakMap(); // an element or text -> by attribute, what Streamlit has there and what we have said

/** "Remove {name}" as an expression that finds the name. */
function template(words) {
  const parts = words.split(/\{(\w+)\}/);
  const escaped = parts.map((part, index) => (index % 2 ? `(?<${part}>.+)` : part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")));
  return new RegExp(`^${escaped.join("")}$`);
}

/** A label of Markdown as it sounds: `code` and *emphasis* without their marks. */
function plain(label) {
  return label.replace(/`([^`]*)`/g, "$1").replace(/(\*{1,2})(\S|\S.*?\S)\1/g, "$2");
}

function change(node, attribute, said) {
  const here = attribute === "data" ? node.data : node.getAttribute(attribute);
  const before = changed.get(node)?.[attribute];
  const own = before?.said === here ? before.own : here;
  const words = own === null ? null : said(own);
  if (words === null || words === here) return;
  changed.set(node, { ...changed.get(node), [attribute]: { own, said: words } });
  if (attribute === "data") node.data = words;
  else node.setAttribute(attribute, words);
}

function say(element) {
  const words = WORDS[document.documentElement.lang] ?? WORDS.en;
  if (element.matches(MARKED)) change(element, "aria-label", plain);
  for (const { name, selector, attribute, english } of RULES) {
    if (!element.matches(selector)) continue;
    const said = (own) => {
      const facts = english.exec(plain(own));
      return facts && words[name].replace(/\{(\w+)\}/g, (_, fact) => facts.groups[fact]);
    };
    const nodes = attribute === "data" ? [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE) : [element];
    for (const node of nodes) change(node, attribute, said);
  }
}

function look(root) {
  if (root.closest(SELECTORS.component)) return;
  for (const element of [root, ...root.querySelectorAll(ANY)]) if (element.matches(ANY)) say(element);
}

function heard(records) {
  for (const { target, addedNodes } of records) {
    const element = target.nodeType === Node.TEXT_NODE ? target.parentElement : target;
    if (element === document.documentElement) look(document.body); // another language, maybe
    else if (element && !element.closest(SELECTORS.component)) {
      if (element.matches(ANY)) say(element);
      for (const node of addedNodes) if (node.nodeType === Node.ELEMENT_NODE) look(node);
    }
  }
}

/** Say all words that are on the page in its language, and from now on all that come. */
export function sayWords() {
  look(document.body);
  new MutationObserver(heard).observe(document.documentElement, {
    subtree: true,
    childList: true,
    characterData: true,
    attributes: true,
    attributeFilter: ["aria-label", "placeholder", "title", "lang"],
  });
}
