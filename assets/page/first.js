// What a page runs before all else: the styles of Streamlit's own elements, and Streamlit's own words.

import { letStillGo } from "./still.js";
import { sayWords } from "./streamlit_words.js";

/** @param {string} css Behind Streamlit's styles, so that of two that weigh the same ours holds. */
export default function show(css) {
  document.body.append(Object.assign(document.createElement("style"), { textContent: css }));
  sayWords();
  letStillGo();
}
