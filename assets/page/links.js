// Links from page to page: real addresses, so that a new tab or a copied link works; a plain click stays in the session.

import { scrollToTop } from "./streamlit.js";

/** A page that is come to from another one begins at its top; one that is drawn again stays where its reader is. */
export function arriveAt(page) {
  const { dataset } = document.documentElement;
  if (dataset.lensPage === page) return;
  if (dataset.lensPage !== undefined) scrollToTop();
  dataset.lensPage = page;
}

/** Make a link of {name, href, label, here}; `go(name)` opens its page. */
export function pageLink({ name, href, label, here }, go) {
  const link = document.createElement("a");
  link.href = href;
  link.textContent = label;
  if (here) link.setAttribute("aria-current", "page");
  link.onclick = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    if (!here) go(name);
  };
  return link;
}
