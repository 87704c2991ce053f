// The mark of the playground's address: which example the rest of it differs from. See lstm_core/share/page_link.py.

const MARK = "trained";
const SAY_NOTHING = ["lang", "embed", "embed_options", "step", "unit", "projector"]; // of an experiment

/** Keep the mark that an address of this page has; none on a page without examples. */
export function keepMark(mark) {
  document.documentElement.dataset.mark = mark;
}

/** The parts of an address's query, with the mark where a step or a projector alone would make it one of version 1. */
export function marked(parts) {
  const { mark } = document.documentElement.dataset;
  return mark && parts.every((part) => SAY_NOTHING.includes(part.split("=")[0])) ? [`${MARK}=${mark}`, ...parts] : parts;
}

/** The page's address with its mark, to be kept or sent: a bare one is the first page, whatever that will be. */
export function markedAddress() {
  const query = marked(location.search.slice(1).split("&").filter(Boolean)).join("&");
  return `${location.origin}${location.pathname}${query ? "?" : ""}${query}${location.hash}`;
}
