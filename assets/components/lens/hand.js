// Taking a gate in hand: a row that sets its value at this step or at every step, and a line that says what is held.

import { cellText } from "./formula.js";
import { mark, piece, write } from "./panel.js";
import { exactly } from "./terms.js";

const SEND_MS = 60; // between two values of a drag that the server is asked for
const FINE = 100; // parts of 1 that a value has

/** A value as it is set: two decimals. */
const settled = (value) => Math.round(value * FINE) / FINE;

const isAt = (local, { step, unit }) => local?.unit === unit && (local.step === step || local.step === 0);

export class Hand {
  /** `send` tells the server of a gate; `redraw` is called when one has another value here. */
  constructor(send, redraw) {
    this.send = send;
    this.redraw = redraw;
    this.able = false; // whether there is a server to ask
    /** @type {Picture} */
    this.P = undefined;
    /** @type {At} */
    this.at = undefined;
    /** @type {string | null} */
    this.open = null; // the gate whose row is shown
    this.local = undefined; // what was set last and has not come back yet
    this.slider = Object.assign(piece("input", "hand-slider"), { type: "range", step: 1 / FINE });
    this.number = piece("output", "hand-number");
    this.scope = piece("select", "hand-scope", new Option("", "step"), new Option("", "all"));
    this.go = Object.assign(piece("button", "hand-go"), { type: "button" });
    this.row = piece("div", "hand-row", this.slider, this.number, this.scope, this.go);
    this.said = piece("span", "hand-said");
    this.all = Object.assign(piece("button", "hand-all"), { type: "button" });
    this.line = piece("div", "hand-line", this.said, this.all);
    this.root = piece("div", "hand", this.row, this.line);
    const on = (target, type, handler) => target.addEventListener(type, () => this.P && handler()); // before there are numbers there is nothing to hold
    on(this.slider, "input", () => this.take(this.open, Number(this.slider.value)));
    on(this.scope, "change", () => this.take(this.open, Number(this.slider.value)));
    on(this.go, "click", () => this.letGo());
    on(this.all, "click", () => this.letAllGo());
    for (const part of [this.slider, this.scope]) part.addEventListener("keydown", (event) => event.key !== "Escape" && event.stopPropagation());
  }

  /** Hold a gate at a value, at the step that is shown or at every one. */
  take(gate, value) {
    const { step, unit } = this.at;
    this.local = { gate, step: this.scope.value === "all" ? 0 : step, unit, value: settled(value) };
    this.redraw();
    this.later();
  }

  later() {
    this.waiting ??= setTimeout(() => {
      this.waiting = undefined;
      if (this.local) this.send({ ...this.local });
    }, SEND_MS);
  }

  letGo() {
    const { gate, step, unit } = this.P.heldAt(this.open, this.at.step, this.at.unit) ?? {};
    this.forget();
    if (gate) this.send({ gate, step, unit, value: null });
  }

  /** Let every gate go; whether there was one. */
  letAllGo() {
    if (!this.P?.held.length && !this.local) return false;
    this.forget();
    this.send({ all: true });
    return true;
  }

  forget() {
    clearTimeout(this.waiting);
    this.waiting = this.local = undefined;
  }

  /** The numbers of a cell with what was set last in the place of what is on its way. */
  over(/** @type {Picture} */ P, S, cell) {
    const { local } = this;
    if (!local) return cell;
    const come = P.held.find(({ gate, step, unit }) => gate === local.gate && step === local.step && unit === local.unit);
    if (come?.value === local.value && !this.waiting) this.local = undefined;
    else if (isAt(local, S)) return { ...cell, numbers: { ...cell.numbers, [local.gate]: local.value } };
    return cell;
  }

  /** Show the row of the gate that is open, if it is one; `low` is the least that it can be. */
  show(/** @type {Picture} */ P, S, cell, low) {
    const gate = S.node in P.spec.gate && !cell.masked ? S.node : null;
    Object.assign(this, { P, at: S, open: gate });
    const held = gate && (isAt(this.local, S) && this.local.gate === gate ? this.local : P.heldAt(gate, S.step, S.unit));
    this.root.hidden = !this.able;
    this.row.hidden = !gate;
    if (gate) this.showRow(P, gate, held, cell.numbers[gate], low);
    this.line.hidden = !P.held.length;
    write(this.said, P.held.map((one) => cellText(P, one.step ? "held_at" : "held_all", { ...one, gate: P.spec.gate[one.gate].symbol, value: exactly(one.value) })).join(" · "));
    write(this.all, cellText(P, "hand_all"));
  }

  showRow(/** @type {Picture} */ P, gate, held, value, low) {
    const { slider, scope, go, number } = this;
    if (slider.min !== String(low)) Object.assign(slider, { min: low, max: 1 });
    slider.value = String(value);
    slider.setAttribute("aria-label", cellText(P, "hand", { gate: P.spec.gate[gate].symbol }));
    write(number, settled(value).toFixed(2));
    for (const [k, key] of ["hand_step", "hand_every"].entries()) write(scope.options[k], cellText(P, key));
    scope.setAttribute("aria-label", cellText(P, "hand_scope"));
    if (held) scope.value = held.step ? "step" : "all";
    write(go, cellText(P, "hand_go"));
    go.disabled = !held;
    mark(this.row, "held", held ? "" : null);
  }
}
