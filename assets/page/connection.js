// Whether the page has its server. Streamlit looks for a lost one by itself; the one that it finds may be another, which
// knows no part of this page until its whole script has run: it would leave every flag unanswered. And a page may be left
// empty: a click in a page that has just been left runs no more than a part of it that is gone. Then too all of it runs.

import "./alive.js";

const REST_MS = 400; // of the script, after which a page without a head is not about to get one

export default function show({ data: bytes, parentElement, setTriggerValue }) {
  const { lost } = JSON.parse(new TextDecoder().decode(bytes));
  /** @type {HTMLElement} */
  const app = document.querySelector("[data-testid=stApp]");
  const node = parentElement.querySelector(".lens-connection");
  let stage = "here";
  let rest;
  const isEmpty = () =>
    app.dataset.testScriptState === "notRunning" && !document.querySelector(".lens-head, [data-testid=stException]");
  const lookForHead = () => {
    clearTimeout(rest);
    if (stage === "here" && isEmpty()) rest = setTimeout(() => isEmpty() && setTriggerValue("found", true), REST_MS);
  };
  const look = () => {
    const running = app.dataset.testScriptState === "running";
    if (app.dataset.testConnectionState !== "CONNECTED") stage = "lost";
    else if (stage === "lost") {
      stage = "found";
      setTriggerValue("found", true);
    } else if (stage === "found" && running) stage = "runs";
    else if (stage === "runs" && !running) stage = "here";
    node.textContent = stage === "here" ? "" : lost;
    lookForHead();
  };
  node.textContent = "";
  const observer = new MutationObserver(look);
  observer.observe(app, {
    attributeFilter: ["data-test-connection-state", "data-test-script-state"],
  });
  return () => {
    clearTimeout(rest);
    observer.disconnect();
  };
}
