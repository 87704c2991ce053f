// Saves a file that the server has just made, once.

import { save } from "../components/shared/save.js";

export default function show({ data: bytes, parentElement }) {
  const { id, name, kind, text } = JSON.parse(new TextDecoder().decode(bytes));
  const mark = parentElement.querySelector(".lens-given");
  if (mark.dataset.given === id) return;
  mark.dataset.given = id;
  save(new Blob([text], { type: kind }), name);
}
