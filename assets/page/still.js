// The still picture of the first HTML gives way to the app.

const UP = ".lens-picture[data-step], [data-testid=stException], [data-testid=stDialog]";

/** Take the still picture away as soon as the layer itself is drawn, or the reader is on another page. */
export function letStillGo() {
  const still = document.getElementById("lens-still");
  if (!still) return;
  const { pathname } = location;
  const watcher = new MutationObserver(() => {
    if (location.pathname === pathname && !document.querySelector(UP)) return;
    watcher.disconnect();
    still.remove();
  });
  watcher.observe(document.body, { subtree: true, childList: true, attributeFilter: ["data-step"] });
}
