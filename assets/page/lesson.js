// The top of a lesson: its number, its title, its idea in one sentence. While there is one, the page is one to read.

import { arriveAt } from "./links.js";

const tellPage = () => document.documentElement.classList.toggle("lens-reading", document.querySelector(".lens-lesson") !== null);

export default function show({ data: bytes, parentElement }) {
  const { page, number, title, idea } = JSON.parse(new TextDecoder().decode(bytes));
  arriveAt(page);
  tellPage();
  parentElement.querySelector(".lens-lesson-number").textContent = number;
  parentElement.querySelector("h2").textContent = title;
  parentElement.querySelector(".lens-lesson-idea").textContent = idea;
  return () => setTimeout(tellPage); // once it is out of the page
}
