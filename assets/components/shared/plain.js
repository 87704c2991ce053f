// SVG that any program reads: colours in hex, styles as attributes, nothing left to be resolved.

import { SVG, setAttributes } from "./elements.js";
import { hiddenPen } from "./pen.js";

const INHERITED = [ // what an SVG element looks like and hands on to those in it
  "fill", "stroke", "fill-opacity", "stroke-opacity", "stroke-width", "stroke-dasharray", "stroke-dashoffset",
  "stroke-linecap", "stroke-linejoin", "paint-order", "image-rendering", "visibility",
  "font-family", "font-size", "font-weight", "text-anchor", "dominant-baseline",
];
const COLOURS = new Set(["fill", "stroke"]);
const GEOMETRY = /^(?:id|d|[xyr]|[xy][12]|c[xy]|r[xy]|d[xy]|width|height|points|viewBox|preserveAspectRatio|(?:xlink:)?href|pathLength|textLength|lengthAdjust|pattern\w+|clipPathUnits|offset|stop-\w+)$/;
const REFERENCE = /url\(["']?[^#)]*(#[^"')]+)["']?\)/; // to something in the same file
const GENERIC = /(?:sans-serif|serif|monospace)$/; // the font of last resort, where the reader has none of the page's

const known = new Map(); // a colour as the browser writes it -> {hex, opacity}

/** A colour in any notation, also that of color-mix(), as hex and opacity. */
export function plainColour(colour) {
  if (!known.has(colour)) {
    const pen = hiddenPen();
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data;
    known.set(colour, { hex: `#${[r, g, b].map((part) => part.toString(16).padStart(2, "0")).join("")}`, opacity: a / 255 });
  }
  return known.get(colour);
}

/** Attributes that fill, or stroke, with a colour; `faint` is the opacity that comes on top of the colour's own. */
export function inked(kind, colour, faint = 1) {
  if (colour === "none") return { [kind]: "none" };
  const { hex, opacity } = plainColour(colour);
  return opacity ? { [kind]: hex, [`${kind}-opacity`]: Number((opacity * faint).toFixed(3)) } : { [kind]: "none" };
}

export const plainFont = (family) => (GENERIC.test(family) ? family : `${family}, sans-serif`);

/** The looks of an element as attributes; those that it shares with the one around it are left out. */
function looksOf(style, around) {
  const looks = {};
  for (const name of INHERITED) {
    const value = style.getPropertyValue(name);
    if (name.endsWith("-opacity") || (around && value === around.getPropertyValue(name) && !COLOURS.has(name))) continue;
    const reference = REFERENCE.exec(value);
    if (reference) looks[name] = `url(${reference[1]})`;
    else if (COLOURS.has(name)) Object.assign(looks, inked(name, value, Number(style.getPropertyValue(`${name}-opacity`))));
    else looks[name] = name === "font-family" ? plainFont(value) : value;
  }
  if (style.opacity !== "1") looks.opacity = style.opacity;
  if (style.transform !== "none") looks.transform = style.transform;
  return looks;
}

/** A copy of an SVG element, without stylesheets; undefined where nothing of it is seen. */
export function plainSvg(node, around) {
  const style = getComputedStyle(node);
  if (style.display === "none" || style.opacity === "0") return undefined;
  const copy = document.createElementNS(SVG, node.tagName);
  for (const { name, value } of node.attributes) if (GEOMETRY.test(name)) copy.setAttribute(name.replace("xlink:", ""), value);
  setAttributes(copy, looksOf(style, around));
  const cut = REFERENCE.exec(node.getAttribute("clip-path") ?? "");
  if (cut) copy.setAttribute("clip-path", `url(${cut[1]})`);
  if (node.tagName === "rect" && style.width.endsWith("px")) copy.setAttribute("width", parseFloat(style.width)); // a gauge's
  for (const child of node.childNodes) {
    const inside = child.nodeType === Node.ELEMENT_NODE ? plainSvg(child, style) : child.nodeType === Node.TEXT_NODE && child.data;
    if (inside) copy.append(inside);
  }
  return copy;
}
