// The map of the lessons: a card for each, all of it a link.

import { pageLink } from "./links.js";

function card(lesson, go) {
  const item = document.createElement("li");
  const idea = document.createElement("p");
  idea.textContent = lesson.idea;
  item.append(pageLink(lesson, go), idea);
  return item;
}

export default function show({ data: bytes, parentElement, setTriggerValue }) {
  const { title, help, lessons } = JSON.parse(new TextDecoder().decode(bytes));
  const root = parentElement.querySelector(".lens-map");
  root.querySelector("h2").textContent = title;
  root.querySelector("p").textContent = help;
  root.setAttribute("aria-label", title);
  const cards = lessons.map((lesson) => card(lesson, (name) => setTriggerValue("page", name)));
  root.querySelector("ol").replaceChildren(...cards);
}
