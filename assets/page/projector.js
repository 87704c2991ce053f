// The teacher's view, larger for the projector: a class of the whole page, kept in the address without the server.

import { marked } from "../components/shared/mark.js";
import { closeSidebar } from "./streamlit.js";

const PROJECTOR = "projector";

const isProjecting = () => document.documentElement.classList.contains("lens-projector");

function setProjecting(on) {
  document.documentElement.classList.toggle("lens-projector", on);
  const others = location.search.slice(1).split("&").filter((part) => part && part.split("=")[0] !== PROJECTOR);
  const query = [...(on ? marked(others) : others), ...(on ? [`${PROJECTOR}=1`] : [])].join("&");
  history.replaceState(history.state, "", `${location.pathname}${query ? "?" : ""}${query}${location.hash}`);
}

/** The button of the teacher's view. Turned on, it closes the sidebar; a page that is opened in it stays in it. */
export function projectOnClick(button, { project }) {
  const show = (on) => {
    if (on !== isProjecting() || on) setProjecting(on);
    button.setAttribute("aria-pressed", String(on));
  };
  button.textContent = project;
  show(isProjecting() || new URLSearchParams(location.search).has(PROJECTOR));
  button.onclick = () => {
    show(!isProjecting());
    if (isProjecting()) closeSidebar();
  };
}
