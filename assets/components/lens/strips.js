// Strips of units: a quantity at one step as a row of coloured boxes, one a unit. A quantity is painted once, a pixel a
// value; each strip shows its row of that picture, so that a step costs a few elements however many units it has.

import { cellColour, inkOn } from "../shared/colours.js";
import { clamp, decode } from "../shared/numbers.js";

const SHADES = 256; // colours that a scale is painted in
const OPAQUE = 255;
const BOX_LEAST = 5; // pixels; narrower units have no lines between them

/** The colours of a scale from its lowest to its highest value, [r, g, b] each. */
function shadesOf(scale) {
  const { zmin, zmax } = scale;
  return Array.from({ length: SHADES }, (_, k) => cellColour(zmin + ((zmax - zmin) * k) / (SHADES - 1), scale));
}

/** Values in rows of `columns`, a pixel each, on a canvas; what is no number stays clear. */
export function painted(values, columns, scale) {
  const canvas = Object.assign(document.createElement("canvas"), { width: columns, height: values.length / columns });
  const context = canvas.getContext("2d");
  const image = context.createImageData(canvas.width, canvas.height);
  const shades = shadesOf(scale);
  const growth = (SHADES - 1) / (scale.zmax - scale.zmin);
  for (let k = 0; k < values.length; k += 1) {
    if (!Number.isFinite(values[k])) continue;
    const [r, g, b] = shades[Math.round(clamp((values[k] - scale.zmin) * growth, 0, SHADES - 1))];
    image.data.set([r, g, b, OPAQUE], 4 * k);
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

/** All that the paintings of a payload depend on, as text: a flag changes none of it. */
export const paintedFrom = (/** @type {Payload} */ { sent, values, before, scales }) => (
  JSON.stringify([sent, Object.keys(scales).map((name) => values[name]), before, scales]));

/**
 * What the strips of a picture are cut from: quantity -> {href, rows, columns}; `c0` is the initial c.
 * A promise: once the browser has decoded them, strips are drawn without a blank moment.
 */
export async function paintings(/** @type {Picture} */ { values, initialValues, scales, spec, units, features }) {
  const paint = async (name, all, columns, scale) => {
    const image = new Image();
    image.src = painted(all, columns, scale).toDataURL();
    await image.decode();
    return [name, { image, href: image.src, rows: all.length / columns, columns }]; // the image keeps it decoded
  };
  return Object.fromEntries(await Promise.all([
    paint("x", values.x, features, scales.x),
    ...spec.states.flatMap((name) => [
      paint(name, values[name], units, scales[name]), paint(`${name}0`, initialValues[name], units, scales[name]),
    ]),
  ]));
}

/** The outline of a strip, and lines between its boxes where they are wide enough. */
function frame({ x, y, width, height }, columns) {
  const box = width / columns;
  const between = box < BOX_LEAST ? [] : Array.from({ length: columns - 1 }, (_, k) => `M${x + (k + 1) * box} ${y}v${height}`);
  return `M${x} ${y}h${width}v${height}h${-width}z${between.join("")}`;
}

/** Row `row`, from 0, of a painting at a place {x, y, width, height}. */
export function strip({ href, rows, columns }, row, place, colour) {
  const cut = { ...place, viewBox: `0 ${row} ${columns} 1`, preserveAspectRatio: "none" };
  const image = ["image", { href, width: columns, height: rows, preserveAspectRatio: "none", class: "strip-image" }];
  return [["svg", cut, [image]], ["path", { class: "strip-frame", stroke: colour, d: frame(place, columns) }]];
}

/** A strip of a single value: its number, as `write` writes it, on its colour. */
export function numberStrip(value, write, scale, { x, y, width, height }, colour) {
  const rgb = Number.isFinite(value) ? cellColour(value, scale) : [255, 255, 255];
  return [
    ["rect", { x, y, width, height, fill: `rgb(${rgb.map(Math.round).join(",")})`, stroke: colour, class: "strip-frame" }],
    ["text", { class: "strip-number", x: x + width / 2, y: y + height / 2, style: `fill: ${inkOn(rgb)}` }, write(value)],
  ];
}

/** The whole sequence in small: h of all units over all steps, a column a step, or means of both. */
export function paintOverview(canvas, /** @type {Picture} */ { values, overview, scales, units, steps }) {
  const shown = overview ? { ...overview, values: decode({ bdata: overview.values }) } : { values: values.h, units, steps };
  Object.assign(canvas, { width: shown.steps, height: shown.units });
  const context = canvas.getContext("2d");
  context.setTransform(0, 1, 1, 0, 0, 0); // rows of the painting, one a step, become columns
  context.imageSmoothingEnabled = false;
  context.drawImage(painted(shown.values, shown.units, scales.h), 0, 0);
}
