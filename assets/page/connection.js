// Whether the page has its server. Streamlit looks for a lost one by itself; the one that it finds may be another, which
// knows no part of this page until its whole script has run: it would leave every flag unanswered. And a page may be left
// empty: a click in a page that has just been left runs no more than a part of it that is gone. Then too all of it runs.

import "./alive.js";
import { hasFailed, isConnected, scriptRests, scriptRuns, watchServer } from "./streamlit.js";

const REST_MS = 400; // of the script, after which a page without a head is not about to get one

export default function show({ data: bytes, parentElement, setTriggerValue }) {
  const { lost } = JSON.parse(new TextDecoder().decode(bytes));
  const node = parentElement.querySelector(".lens-connection");
  let stage = "here";
  let rest;
  const isEmpty = () => scriptRests() && !document.querySelector(".lens-head") && !hasFailed();
  const lookForHead = () => {
    clearTimeout(rest);
    if (stage === "here" && isEmpty()) rest = setTimeout(() => isEmpty() && setTriggerValue("found", true), REST_MS);
  };
  const look = () => {
    if (!isConnected()) stage = "lost";
    else if (stage === "lost") {
      stage = "found";
      setTriggerValue("found", true);
    } else if (stage === "found" && scriptRuns()) stage = "runs";
    else if (stage === "runs" && !scriptRuns()) stage = "here";
    node.textContent = stage === "here" ? "" : lost;
    lookForHead();
  };
  node.textContent = "";
  const stopWatching = watchServer(look);
  return () => {
    clearTimeout(rest);
    stopWatching();
  };
}
