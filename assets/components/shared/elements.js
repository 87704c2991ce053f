// Elements from lists of [tag, attributes, text or children], and where things are on them.

export const SVG = "http://www.w3.org/2000/svg";

export function setAttributes(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
}

/**
 * Build [tag, attributes, text or children]; text only ever becomes a text node, never HTML.
 * @param {Part} part
 * @param {string} [namespace]
 */
export function element([tag, attributes, content = ""], namespace) {
  const node = namespace ? document.createElementNS(namespace, tag) : document.createElement(tag);
  setAttributes(node, attributes);
  if (typeof content === "string") node.textContent = content;
  else node.append(...content.map((child) => element(child, namespace)));
  return node;
}

// ---- places ----

/** How many pixels of the screen one of an HTML element's own is: the projector's view makes it more. */
export const scaleOf = (node) => node.getBoundingClientRect().width / node.offsetWidth || 1;

/** Where on an HTML element a pointer is, in the element's own pixels from its left and top. */
export function placeIn(node, { clientX, clientY }) {
  const { left, top } = node.getBoundingClientRect();
  const scale = scaleOf(node);
  return { x: (clientX - left) / scale, y: (clientY - top) / scale };
}
