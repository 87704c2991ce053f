// A place in the page for the inside of a cell, whose picture comes to it: whichever of the two is there first.

import { PLACE_EVENT, showIn } from "../shared/view.js";

class CellPlace {
  constructor(root) {
    this.root = root;
  }

  show({ of }) {
    this.root.dataset.of = of;
    document.dispatchEvent(new CustomEvent(PLACE_EVENT));
  }

  destroy() {
    this.root.replaceChildren();
  }
}

/** Called by Streamlit at first and with every change of data; `of` says whose cell comes here. */
export default function show({ data, parentElement }) {
  return showIn(parentElement.querySelector(".lens-cell-place"), CellPlace, data);
}
