// Colours as [r, g, b] in 0..255: of values on a scale, and what is read on them.

import { clamp } from "./numbers.js";

/** A computed colour, "rgb(1, 2, 3)", as [r, g, b]. */
export const channelsOf = (computed) => computed.match(/[\d.]+/g).slice(0, 3).map(Number);

/** Anything of a payload as a page of a scheme shows it: a scale has the colours of both, and keeps the one's. */
export function inScheme(value, scheme) {
  if (scheme !== "dark" || !value?.colorscale) return value;
  return { ...value, colorscale: value.dark ?? value.meta?.dark ?? value.colorscale };
}

const channels = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));

/** Relative luminance (WCAG 2) of [r, g, b] in 0..255. */
export function luminance(rgb) {
  const [r, g, b] = rgb.map((channel) => channel / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** The colour of a value on a heatmap's scale, as [r, g, b]. */
export function cellColour(value, { zmin, zmax, colorscale }) {
  const place = clamp((value - zmin) / (zmax - zmin), 0, 1) * (colorscale.length - 1);
  const below = Math.min(Math.floor(place), colorscale.length - 2);
  const [from, to] = [channels(colorscale[below][1]), channels(colorscale[below + 1][1])];
  return from.map((channel, k) => channel + (to[k] - channel) * (place - below));
}

/** Black or white, whichever is read more easily on the colour: at least 4.58:1. */
export const inkOn = (rgb) => ((luminance(rgb) + 0.05) ** 2 > 1.05 * 0.05 ? "#000" : "#fff");
