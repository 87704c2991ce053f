// The page's head: brand, Keras badge, copy link, take away, language, notices. All text arrives as data and is set as text.

import { keepMark, markedAddress } from "../components/shared/mark.js";
import { copyOnClick } from "./copy.js";
import { arriveAt, pageLink } from "./links.js";
import { projectOnClick } from "./projector.js";
import { app, scriptRests } from "./streamlit.js";

const MARKS = { agrees: "✓", disagrees: "✗", unavailable: "!", waiting: "…" };

function showBadge(root, badge) {
  const node = root.querySelector(".lens-badge");
  node.dataset.state = badge.state;
  node.querySelector(".lens-badge-mark").textContent = MARKS[badge.state];
  node.querySelector(".lens-badge-text").textContent = badge.text;
  node.querySelector(".lens-badge-detail").textContent = badge.detail;
}

function showIcon(svg) {
  /** @type {HTMLLinkElement} */
  const link = document.querySelector("link[rel~='icon']") ?? document.head.appendChild(document.createElement("link"));
  link.rel = "icon";
  link.href = `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

function showNotices(root, notices) {
  const lines = notices.map(({ kind, text }) => {
    const line = document.createElement("p");
    line.className = `lens-notice lens-notice-${kind}`;
    line.textContent = text;
    return line;
  });
  root.querySelector(".lens-notices").replaceChildren(...lines);
}

let told; // the last of Keras's own numbers

function tellReturned() {
  if (told) document.dispatchEvent(new CustomEvent("lens-returned", { detail: told }));
}

// The panel of the returned tensors asks as soon as its script has come, which may be after the numbers.
document.addEventListener("lens-returned-asked", tellReturned);

function showNews(root, { badge, notices, returned }) {
  showBadge(root, badge);
  showNotices(root, notices);
  told = returned;
  tellReturned();
}

const REST_MS = 300; // after the last key or click: Streamlit may lose one of two messages that it gets at once
const RETRY_MS = 2000;
let asked; // what the page now waits for
let touched = 0;
for (const type of ["keydown", "keyup", "pointerdown", "pointerup", "change"]) {
  document.addEventListener(type, () => (touched = performance.now()), { capture: true });
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Ask the server for Keras's answer, which it gives when it has it, and show that; `redraw` where it changes more. */
async function follow(root, { news, answer }, redraw) {
  asked?.abort();
  asked = new AbortController();
  const { signal } = asked;
  while (news.waits && !signal.aborted) {
    try {
      news = await (await fetch(location.origin + answer, { signal })).json();
    } catch {
      await pause(RETRY_MS); // no server, or this page waits for something else
      continue;
    }
    if (signal.aborted) return;
    if (news.over) news = { redraw: true }; // this page slept too long, or the server is another: what it waits for is unknown
    else showNews(root, news);
  }
  while (news.redraw && !signal.aborted && (!scriptRests() || performance.now() - touched < REST_MS)) await pause(50);
  if (news.redraw && !signal.aborted) redraw();
}

/** The playground's link and the menu of the lessons. */
function showPages(root, { label, menu, playground, lessons }, go) {
  const nav = root.querySelector(".lens-pages");
  const list = nav.querySelector("details");
  nav.setAttribute("aria-label", label);
  nav.querySelector(":scope > a")?.remove();
  nav.prepend(pageLink(playground, go));
  list.querySelector("summary").textContent = menu;
  list.querySelector("ol").replaceChildren(...lessons.map((lesson) => {
    const item = document.createElement("li");
    item.append(pageLink(lesson, go));
    return item;
  }));
  list.onkeydown = (event) => {
    if (event.key !== "Escape") return;
    list.open = false;
    list.querySelector("summary").focus();
  };
  list.onfocusout = ({ relatedTarget }) => {
    if (!list.contains(relatedTarget)) list.open = false;
  };
}

/** In a frame: a link to the whole page, at the step where this one stands. */
function showWhole(link, { embedded, whole }) {
  document.documentElement.classList.toggle("lens-embedded", embedded);
  link.hidden = !embedded;
  link.textContent = whole;
  link.onfocus = link.onpointerenter = () => {
    const address = new URL(location.href);
    for (const name of ["embed", "embed_options"]) address.searchParams.delete(name);
    link.href = address.href;
  };
  link.onfocus();
}

export default function show({ data: bytes, parentElement, setTriggerValue }) {
  const data = JSON.parse(new TextDecoder().decode(bytes));
  arriveAt(data.page);
  keepMark(data.mark);
  showIcon(data.icon);
  document.documentElement.lang = data.language;
  document.documentElement.style.colorScheme = getComputedStyle(app()).colorScheme; // dialogs too
  parentElement.querySelector(".lens-tagline").textContent = data.tagline;
  parentElement.querySelector(".lens-languages").setAttribute("aria-label", data.languageLabel);
  showPages(parentElement, data.pages, (name) => setTriggerValue("page", name));
  showNews(parentElement, data.news);
  follow(parentElement, data, () => setTriggerValue("redraw", true));
  showWhole(parentElement.querySelector(".lens-whole"), data);
  copyOnClick(parentElement.querySelector(".lens-copy"), data, markedAddress);
  const take = parentElement.querySelector(".lens-take");
  take.textContent = data.take;
  take.onclick = () => setTriggerValue("take", markedAddress());
  projectOnClick(parentElement.querySelector(".lens-project"), data);
  for (const button of parentElement.querySelectorAll("[data-language]")) {
    const { language } = button.dataset;
    button.setAttribute("aria-pressed", String(language === data.language));
    button.onclick = () => setTriggerValue("language", language);
  }
}
