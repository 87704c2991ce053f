// A card for each part of the cell: what it does, and how far it is open at some steps.

import { element } from "../shared/elements.js";
import { clamp } from "../shared/numbers.js";

/** A bar from 0 to the value, on a track from `low` to 1. */
function bar(value, { low, colour }) {
  const percent = (at) => (100 * (clamp(at, low, 1) - low)) / (1 - low);
  const [from, to] = [percent(Math.min(0, value)), percent(Math.max(0, value))];
  return ["span", { class: "track" }, [["i", { style: `left: ${from}%; width: ${to - from}%; background: ${colour}` }]]];
}

export default function show({ data: bytes, parentElement }) {
  const { cards } = JSON.parse(new TextDecoder().decode(bytes));
  parentElement.querySelector(".lens-gates").replaceChildren(...cards.map((card) => element([
    "section", { style: `border-top-color: ${card.colour}` }, [
      ["h4", {}, [["span", {}, card.symbol], ["span", { style: "font-family: inherit" }, card.name]]],
      ["p", {}, card.idea],
      ["dl", {}, card.bars.flatMap(({ label, value }) => [
        ["dt", {}, label],
        ["dd", {}, [bar(value, card), ["span", { class: "number" }, value.toFixed(4)]]],
      ])],
    ],
  ])));
}
