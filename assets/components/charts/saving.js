// The charts as a file: all panels as they stand, or one of them with its time axis.

import { fill } from "../shared/particles.js";
import { save } from "../shared/save.js";
import { Snapshot, pngBlob, svgBlob } from "../shared/snapshot.js";
import { boxesOf } from "./grid.js";

/** Name the choice of panels and the buttons; what was chosen stays as long as the panels are the same. */
export function nameSaving(saving, /** @type {FigureMeta} */ { panels, text }) {
  saving.hidden = !panels.length;
  if (saving.hidden) return;
  const [choice, ...buttons] = saving.querySelectorAll("select, button");
  const names = [text.save_all, ...panels.map(({ kind, name }) => (kind === "lines" ? fill(text.save_lines, { name }) : name))];
  saving.setAttribute("aria-label", text.save);
  choice.previousElementSibling.textContent = text.save;
  const named = [...choice.options].map((option) => option.text);
  if (names.join() !== named.join()) choice.replaceChildren(...names.map((name, k) => new Option(name, String(k))));
  for (const button of buttons) button.setAttribute("aria-label", `${text.save}: ${button.textContent}`);
}

/** Hand out what is chosen, as "svg" or "png". */
export async function saveAs(kind, saving, stage, /** @type {FigureView} */ view) {
  if (!kind) return;
  const panel = view.meta.panels[Number(saving.querySelector("select").value) - 1];
  const svg = new Snapshot(stage, ".charts-readout").svg(panel ? boxesOf(panel, view) : undefined);
  const name = panel ? `lstm_lens_${panel.quantity}${panel.kind === "lines" ? "_lines" : ""}` : "lstm_lens_charts";
  save(kind === "svg" ? svgBlob(svg) : await pngBlob(svg), `${name}.${kind}`);
}
