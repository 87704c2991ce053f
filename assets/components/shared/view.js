// What keeps a component's picture from one call of Streamlit to the next, and what links the pictures of a page.

import { channelsOf, inScheme, luminance } from "./colours.js";

// On the document; detail: {step, unit, quantity, pinned, source}. Pinned by click or key, else pointed at. Without
// a step nothing is pointed at any more, or a new picture asks: whoever keeps the step tells it again.
export const STEP_EVENT = "lens:step";

// On the document: a place for a cell that stands apart from its layer has come; whose it is says its `data-of`.
export const PLACE_EVENT = "lens:place";

export const views = new WeakMap(); // a component's root -> its one view

/** Whether a root's text is for a light page or a dark one. */
const schemeOf = (root) => (luminance(channelsOf(getComputedStyle(root).color)) > 0.5 ? "dark" : "light");

/**
 * Show data in a root's view, made at the first call; return what ends it. Streamlit also calls what an overtaken
 * call returned (data that changed while the script was loading): only the last call ends the view, and not while
 * its root is in the page.
 */
export function showIn(root, View, bytes) {
  if (!views.has(root)) views.set(root, new View(root));
  const view = views.get(root);
  const call = (view.lastCall = {});
  const scheme = schemeOf(root);
  view.show(JSON.parse(new TextDecoder().decode(bytes), (_, value) => inScheme(value, scheme)));
  return () => {
    if (root.isConnected || view.lastCall !== call) return;
    view.destroy();
    views.delete(root);
  };
}

/** A picture as wide as an element, `measured`, that is drawn with new data and whenever that width changes. */
export class FittedView {
  constructor(root, measured = root) {
    this.root = root;
    this.measured = measured;
    this.resized = new ResizeObserver(() => measured.clientWidth !== this.width && this.fit());
    this.resized.observe(measured);
  }

  destroy() {
    this.resized.disconnect();
  }

  show(data) {
    this.data = data;
    this.fit();
  }

  /** Draw, unless there are no data yet or the page gives no room. */
  fit() {
    this.width = this.measured.clientWidth;
    if (this.data && this.width) this.draw();
  }

  draw() {
    throw new Error("A picture says itself how it is drawn");
  }
}
