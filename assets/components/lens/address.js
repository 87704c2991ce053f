// The chosen step and unit in the page's address, without the server: a link opens where its sender was.

import { marked } from "../shared/mark.js";

const PARAMETERS = ["step", "unit"];

/** The step and unit that an address's query names, as far as it does. */
export function chosenIn(query) {
  const given = new URLSearchParams(query);
  const chosen = {};
  for (const name of PARAMETERS) {
    const number = Number(given.get(name));
    if (Number.isSafeInteger(number) && number > 0) chosen[name] = number;
  }
  return chosen;
}

/** Put step and unit into the address; all else in it stays letter for letter. A file has no address to write. */
export function writeUrl(chosen) {
  if (self.origin === "null") return;
  const others = location.search.slice(1).split("&").filter((part) => part && !PARAMETERS.includes(part.split("=")[0]));
  const query = [...marked(others), ...PARAMETERS.map((name) => `${name}=${chosen[name]}`)].join("&");
  history.replaceState(history.state, "", `${location.pathname}?${query}${location.hash}`);
}
