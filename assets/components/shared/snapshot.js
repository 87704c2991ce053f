// What is seen of an element as a picture to keep: its HTML becomes shapes and texts, its SVG is copied plainly.

import { SVG, element, setAttributes } from "./elements.js";
import { hiddenPen } from "./pen.js";
import { inked, plainColour, plainFont, plainSvg } from "./plain.js";

const PNG_SCALE = 2; // pixels of a PNG for one on the page
const SAME_LINE = 2; // pixels that the words of a line may stand apart in height

/** The colour of the page behind an element. */
function paperOf(node) {
  for (let at = node; at; at = at.parentElement) {
    const { hex, opacity } = plainColour(getComputedStyle(at).backgroundColor);
    if (opacity === 1) return hex;
  }
  return "#ffffff";
}

/** Whether an HTML element shows all of itself: no scrolling, no cutting off. */
const isOpen = ({ overflowX, overflowY }) => overflowX === "visible" && overflowY === "visible";

export class Snapshot {
  /** `without`: a selector of what is not part of the picture. */
  constructor(root, without) {
    const { width, height, left, top } = root.getBoundingClientRect();
    this.root = root;
    this.without = without;
    this.left = left;
    this.top = top;
    this.scale = width / root.offsetWidth;
    this.width = width / this.scale;
    this.height = height / this.scale;
    this.references = 0;
    this.defs = element(["defs", {}], SVG);
    this.content = element(["g", {}], SVG);
    this.visit(root, this.content);
  }

  /** A box on the screen as one in the picture. */
  placed({ left, top, width, height }) {
    const { scale } = this;
    return { x: (left - this.left) / scale, y: (top - this.top) / scale, width: width / scale, height: height / scale };
  }

  add(into, part) {
    into.append(element(part, SVG));
  }

  /** Define something to be referred to; return the reference. */
  define(tag, attributes, content) {
    const id = `lens-${(this.references += 1)}`;
    this.add(this.defs, [tag, { id, ...attributes }, content]);
    return `url(#${id})`;
  }

  // -- boxes --

  visit(node, into) {
    if (node.nodeType === Node.TEXT_NODE) this.write(node, into);
    if (node.nodeType !== Node.ELEMENT_NODE || node.matches(this.without)) return;
    const style = getComputedStyle(node);
    if (style.display === "none" || style.visibility === "hidden") return;
    const box = this.placed(node.getBoundingClientRect());
    if (node instanceof SVGSVGElement) {
      const copy = plainSvg(node);
      if (copy) into.append(copy);
      if (copy) setAttributes(copy, { ...box, overflow: style.overflow });
      return;
    }
    const place = isOpen(style) ? into : this.cutOff(box, into);
    this.paint(style, box, place);
    this.writeBefore(node, place);
    for (const child of node.childNodes) this.visit(child, place);
  }

  cutOff(box, into) {
    const group = element(["g", { "clip-path": this.define("clipPath", {}, [["rect", box]]) }], SVG);
    into.append(group);
    return group;
  }

  /** An element's background and borders. */
  paint(style, box, into) {
    const rx = Math.min(parseFloat(style.borderTopLeftRadius) || 0, box.height / 2);
    const shades = /^linear-gradient\(to right/.test(style.backgroundImage) && style.backgroundImage.match(/rgba?\([^)]+\)/g);
    const filled = shades ? { fill: this.gradient(shades) } : inked("fill", style.backgroundColor);
    if (filled.fill !== "none") this.add(into, ["rect", { ...box, rx, ...filled }]);
    const [top, right, bottom, left] = ["Top", "Right", "Bottom", "Left"].map((side) => ({
      wide: parseFloat(style[`border${side}Width`]), colour: style[`border${side}Color`],
    }));
    if (top.wide && right.wide && bottom.wide && left.wide) {
      const { x, y, width, height } = box;
      const rim = { x: x + top.wide / 2, y: y + top.wide / 2, width: width - top.wide, height: height - top.wide, rx };
      this.add(into, ["rect", { ...rim, fill: "none", ...inked("stroke", top.colour), "stroke-width": top.wide }]);
      return;
    }
    /** @type {[{ wide: number, colour: string }, object][]} */
    const bars = [
      [top, { height: top.wide }], [bottom, { y: box.y + box.height - bottom.wide, height: bottom.wide }],
      [left, { width: left.wide }], [right, { x: box.x + box.width - right.wide, width: right.wide }],
    ];
    for (const [side, edge] of bars) {
      if (side.wide) this.add(into, ["rect", { ...box, ...edge, ...inked("fill", side.colour) }]);
    }
  }

  gradient(colours) {
    const stop = (colour, k) => ["stop", { offset: k / (colours.length - 1), "stop-color": plainColour(colour).hex }];
    return this.define("linearGradient", {}, colours.map(stop));
  }

  // -- text --

  /** A text, line by line as the page breaks it. */
  write(node, into) {
    const range = document.createRange();
    const lines = [];
    for (const { index, 0: word } of node.data.matchAll(/\S+\s*/g)) {
      range.setStart(node, index);
      range.setEnd(node, index + word.trimEnd().length);
      const [box] = range.getClientRects();
      if (!box?.width) continue;
      const line = lines.at(-1);
      if (line && Math.abs(line.box.top - box.top) < SAME_LINE) line.text += word;
      else lines.push({ text: word, box });
    }
    const style = lines.length && getComputedStyle(node.parentElement);
    for (const { text, box } of lines) this.writeLine(text.trimEnd(), this.placed(box), style, into);
  }

  /** What a stylesheet writes before an element's text, such as the sign of a product. */
  writeBefore(node, into) {
    const style = getComputedStyle(node, "::before");
    const [, words] = /^"(.+)"$/.exec(style.content) ?? [];
    if (!words || node.firstChild?.nodeType !== Node.TEXT_NODE) return;
    const range = document.createRange();
    range.selectNodeContents(node);
    const { x } = this.placed(node.getBoundingClientRect());
    this.writeLine(words, { ...this.placed(range.getBoundingClientRect()), x }, style, into);
  }

  writeLine(text, { x, y, height }, style, into) {
    const { fontStyle, fontWeight, fontSize, fontFamily, color } = style;
    const pen = hiddenPen();
    pen.font = `${fontStyle} ${fontWeight} ${fontSize} ${fontFamily}`;
    const { fontBoundingBoxAscent: up, fontBoundingBoxDescent: down } = pen.measureText(text);
    const baseline = y + (height * up) / (up + down);
    const font = { "font-family": plainFont(fontFamily), "font-size": fontSize, "font-weight": fontWeight };
    this.add(into, ["text", { x, y: baseline, ...font, ...inked("fill", color) }, text]);
  }

  // -- the file --

  /** The picture as an SVG file's text; of it only `boxes`, [left, top, width, height] each, one under the other. */
  svg(boxes = [[0, 0, this.width, this.height]]) {
    const width = Math.max(...boxes.map(([, , wide]) => wide));
    const height = boxes.reduce((sum, [, , , high]) => sum + high, 0);
    const size = { xmlns: SVG, width, height, viewBox: [0, 0, width, height].join(" ") };
    const file = element(["svg", size, [["rect", { width, height, fill: paperOf(this.root) }]]], SVG);
    file.prepend(this.defs);
    let y = 0;
    for (const box of boxes) {
      const [, , wide, high] = box;
      const part = element(["svg", { y, width: wide, height: high, viewBox: box.join(" ") }], SVG);
      part.append(this.content.cloneNode(true));
      file.append(part);
      y += high;
    }
    return new XMLSerializer().serializeToString(file);
  }
}

export const svgBlob = (text) => new Blob([text], { type: "image/svg+xml" });

/** An SVG's text as a PNG. */
export async function pngBlob(text) {
  const image = new Image();
  image.src = URL.createObjectURL(svgBlob(text));
  await image.decode();
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: PNG_SCALE * image.width, height: PNG_SCALE * image.height });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(image.src);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}
