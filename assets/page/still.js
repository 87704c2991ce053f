// The still picture of the first HTML gives way to the app.

import { hasFailed } from "./streamlit.js";

/** Take the still picture away as soon as the layer itself is drawn, the script has failed, or another page is there. */
export function letStillGo() {
  const still = document.getElementById("lens-still");
  if (!still) return;
  const { pathname } = location;
  const isUp = () => document.querySelector(".lens-picture[data-step]") || hasFailed();
  const watcher = new MutationObserver(() => {
    if (location.pathname === pathname && !isUp()) return;
    watcher.disconnect();
    still.remove();
  });
  watcher.observe(document.body, { subtree: true, childList: true, attributeFilter: ["data-step"] });
}
