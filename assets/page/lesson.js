// The top of a lesson: its number, its title, its idea in one sentence.

import { arriveAt } from "./links.js";

export default function show({ data: bytes, parentElement }) {
  const { page, number, title, idea } = JSON.parse(new TextDecoder().decode(bytes));
  arriveAt(page);
  parentElement.querySelector(".lens-lesson-number").textContent = number;
  parentElement.querySelector("h2").textContent = title;
  parentElement.querySelector(".lens-lesson-idea").textContent = idea;
}
