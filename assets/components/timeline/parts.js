// What the pictures over time are made of, as [tag, attributes, text or children].

import { cellColour, inkOn } from "../shared/colours.js";

const CELL_TALLEST = 19; // pixels a unit, where there are few
const STACK_TALLEST = 84; // of all units of a state
const NUMBER_LEAST = 13; // lower cells show no number
const NUMBER_ROOM = [{ width: 52, decimals: 4 }, { width: 30, decimals: 2 }, { width: 24, decimals: 1 }];
const LETTER = { narrow: 6.6, wide: 13 }; // pixels a character needs

const cellHeight = (units) => Math.max(1, Math.min(CELL_TALLEST, STACK_TALLEST / units));
export const stackHeight = (units) => units * cellHeight(units);

/** A word as far as there is room for it, in pixels. */
export function fitted(word, room) {
  const letters = [...word];
  const widths = letters.map((letter) => (letter > "\u2e7f" ? LETTER.wide : LETTER.narrow));
  const upTo = (most) => widths.slice(0, most).reduce((total, width) => total + width, 0);
  if (upTo(letters.length) <= room) return word;
  const most = letters.findIndex((_, k) => upTo(k + 1) + LETTER.narrow > room);
  return `${letters.slice(0, Math.max(1, most)).join("")}…`;
}

/** Names of places in columns of this width, in pixels: where one has no room, the numbers in them alone. */
export function placeNames(names, room) {
  if (names.every((name) => fitted(name, room) === name)) return names;
  return names.map((name) => /\d+$/.exec(name)?.[0] ?? fitted(name, room));
}

/** The units of a state, one below the other around x, each a cell on the state's colour scale. */
export function stack(values, scale, colour, { x, y, width }) {
  const height = cellHeight(values.length);
  const room = height < NUMBER_LEAST ? undefined : NUMBER_ROOM.find((kind) => width >= kind.width);
  const cells = values.flatMap((value, k) => {
    const rgb = cellColour(value, scale);
    const top = y + k * height;
    const number = room && ["text", { class: "number", x, y: top + height / 2, style: `fill: ${inkOn(rgb)}` }, value.toFixed(room.decimals)];
    return [
      ["rect", { x: x - width / 2, y: top, width, height, fill: `rgb(${rgb.map(Math.round).join(" ")})` }],
      ...(number ? [number] : []),
    ];
  });
  const frame = { class: "frame", x: x - width / 2, y, width, height: height * values.length, stroke: colour, rx: 2 };
  return [...cells, ["rect", frame]];
}

/** An arrow from one x to another at the height y. */
export function arrow(from, to, y, colour) {
  const ahead = Math.sign(to - from);
  return [
    ["path", { class: "wire", stroke: colour, d: `M${from} ${y}H${to - 4 * ahead}` }],
    ["path", { fill: colour, d: `M${to} ${y}l${-6 * ahead} -4v8z` }],
  ];
}
