// The component: keeps the chosen step and unit, and hands them to the unrolled layer and to the inside of the cell.
// Nothing here asks the server, but for those numbers of a large run that are not here yet. It leads the charts, and follows them, by the event `lens:step` on the document.

import { fill } from "../shared/particles.js";
import { save } from "../shared/save.js";
import { Snapshot, svgBlob } from "../shared/snapshot.js";
import { PLACE_EVENT, STEP_EVENT, showIn, views } from "../shared/view.js";
import { chosenIn, writeUrl } from "./address.js";
import { makeCell } from "./cell.js";
import { drawingOf, partIn } from "./drawings.js";
import { KEYED, Player, REMOTE, SPEEDS, isHere, keyMove, nearestHere, nextBeat, wantedAround, within } from "./navigation.js";
import { readPayload } from "./payload.js";
import { paintOverview, paintedFrom, paintings } from "./strips.js";
import { Unrolled, isCalm } from "./unrolled.js";
import { description, sentence, stepInWords, titleOf, unitInWords } from "./words.js";

const QUIET_MS = { ask: 80, url: 300, live: 700, livePlaying: 4000 }; // before the server is asked, the URL is written, a step is read out
const NOT_IN_FILE = ".lens-controls, .lens-live"; // what of the picture no file needs

class Lens {
  constructor(root) {
    this.root = root;
    const part = (selector) => root.querySelector(selector);
    this.parts = {
      title: part("h3"), said: part(".lens-headline"), views: part(".lens-views"), save: part(".lens-save"), sentence: part(".lens-sentence"), live: part(".lens-live"),
      window: part(".lens-window"), controls: part(".lens-controls"), slider: part("input"), canvas: part("canvas"),
      inside: part(".lens-cell"), at: part(".lens-at"), unit: part(".lens-unit"), play: part(".lens-play"), speed: part(".lens-speed"),
    };
    /** @type {Picture} */
    this.P = undefined;
    /** @type {Paintings} */
    this.paints = undefined;
    this.paintedFrom = undefined; // of which text of the payload they are
    /** @type {At} */
    this.chosen = chosenIn(location.search);
    this.phase = 0;
    this.viewed = undefined; // what the picture began with, or a reader chose: river, boxes, loop
    this.timers = {};
    this.isInUrl = false; // whether step and unit were written there
    this.player = new Player(() => this.beat(), () => this.phases || 1);
    /** @type {(place: object) => void} */
    this.send = () => {};
    /** @type {(told: object) => void} */
    this.hold = () => {};
    this.asked = undefined; // what the server was asked for last, as text
    this.unrolled = new Unrolled(root, (change) => this.choose(change), () => this.look());
    this.cell = makeCell(part(".lens-cell"), (change) => this.choose(change));
    this.apart = undefined; // the name of the cell's place, where it has one of its own in the page
    this.listen();
    this.cell.root.inert = root.inert = true; // until there are numbers there is nothing to choose
  }

  listen() {
    const { slider, controls, views: choices, speed } = this.parts;
    this.gone = new AbortController();
    const { signal } = this.gone;
    // before there are numbers nothing can be done with an event, not even with one that a script makes
    const on = (target, type, handler) => target.addEventListener(type, (event) => this.P && handler(event), { signal });
    for (const part of [this.root, this.cell.root]) on(part, "keydown", (event) => this.press(event));
    on(slider, "input", () => this.choose({ step: Number(slider.value) }));
    on(controls, "click", ({ target }) => this.act(target.closest("[data-do]")?.dataset.do));
    on(speed, "change", () => (this.player.speed = Number(speed.value)));
    on(choices, "click", ({ target }) => target.dataset.view && this.turn(target.dataset.view));
    on(this.parts.save, "click", () => this.save());
    document.addEventListener(PLACE_EVENT, () => this.settle(), { signal });
    on(document, STEP_EVENT, ({ detail }) => this.follow(detail));
    on(document, "keydown", (event) => this.remote(event));
    on(document, "keydown", ({ key, target }) => key === "Escape" && target === document.body && this.cell.hand.letAllGo());
  }

  destroy() {
    this.gone.abort();
    this.cell.root.remove();
    this.unrolled.destroy();
    this.player.stop();
    for (const timer of Object.values(this.timers)) clearTimeout(timer);
  }

  // -- what changes with the data --

  /** Take new data; the chosen step and unit stay, as far as there are so many. */
  async show({ picture, apart, view = "boxes", hands = false }) {
    const P = readPayload(picture);
    this.latest = P;
    this.apart = apart;
    this.hands(hands);
    this.settle();
    const from = paintedFrom(picture);
    const paints = from === this.paintedFrom ? this.paints : await paintings(P);
    if (this.latest !== P || this.gone.signal.aborted) return;
    const repaints = paints !== this.paints;
    const isOther = this.P && this.P.example !== P.example; // it opens where most happens in it
    if (isOther) this.chosen = { node: this.chosen.node };
    Object.assign(this, { P, paints, paintedFrom: from });
    this.pointed = undefined;
    const { step = P.opensAt ?? P.last, unit = 1 } = this.chosen;
    const node = partIn(P.spec, this.chosen.node);
    this.chosen = { node, ...within(P, { step, unit }) };
    this.nameAll(P.text);
    this.parts.slider.max = P.steps;
    if (!this.viewed) this.turn(view);
    if (repaints) paintOverview(this.parts.canvas, P);
    const at = { node, ...nearestHere(P, this.chosen) };
    this.unrolled.take(P, paints, at);
    this.move(at);
    this.look();
    this.cell.root.inert = this.root.inert = false;
    if (this.isInUrl || (isOther && location.search.includes("step="))) this.write(); // the server may have written what it last knew
    this.announce();
  }

  /** Whether gates can be taken in hand: there is a server to compute what follows. */
  hands(able) {
    this.cell.hand.able = able;
    this.cell.tellOfHand = (told) => this.hold(told);
    this.cell.root.classList.toggle("lens-hands", able);
  }

  /** Put the inside of the cell, with its sentence, where it belongs: into its own place as soon as there is one. */
  settle() {
    const { root, apart, cell, parts } = this;
    const place = apart ? document.querySelector(`.lens-cell-place[data-of="${CSS.escape(apart)}"]`) : parts.inside;
    root.classList.toggle("lens-apart", Boolean(apart));
    (apart ? cell.svg : parts.said).after(parts.sentence); // apart, the cell itself comes first
    if (!place) cell.root.remove();
    else if (cell.root.parentElement !== place) place.append(cell.root);
  }

  nameAll({ layer, move }) {
    const { window: view, slider, controls, speed, said, views: choices, save: saves } = this.parts;
    this.root.setAttribute("aria-label", description(this.P));
    view.setAttribute("aria-label", layer.window);
    saves.title = layer.save;
    saves.setAttribute("aria-label", layer.save);
    slider.setAttribute("aria-label", move.step);
    controls.setAttribute("aria-label", move.controls);
    for (const button of controls.querySelectorAll("[data-do]:not(.lens-play)")) {
      button.title = move[button.dataset.do];
      button.setAttribute("aria-label", button.title);
    }
    speed.title = move.speed;
    speed.setAttribute("aria-label", move.speed);
    choices.setAttribute("aria-label", layer.view);
    for (const button of choices.children) button.textContent = layer[button.dataset.view];
    if (!speed.options.length) speed.append(...SPEEDS.map((factor) => new Option(`${factor}×`, String(factor), factor === 1, factor === 1)));
    said.hidden = !this.P.headline;
    said.textContent = this.P.headline?.said;
    this.namePlay();
  }

  namePlay() {
    const { play } = this.parts;
    this.root.classList.toggle("lens-playing", this.player.playing);
    play.querySelector("span").textContent = this.P.text.move[this.player.playing ? "pause" : "play"];
    play.setAttribute("aria-label", play.textContent);
  }

  /** The picture as it stands, as an SVG file without the controls; a cell that stands apart is under its layer there. */
  save() {
    const { root, apart, cell, chosen: { step, unit }, parts: { controls, inside } } = this;
    if (apart) inside.append(cell.root.cloneNode(true));
    const picture = new Snapshot(root, NOT_IN_FILE);
    const { y, height } = picture.placed(controls.getBoundingClientRect());
    const svg = picture.svg([[0, 0, picture.width, y], [0, y + height, picture.width, picture.height - y - height]]);
    if (apart) inside.replaceChildren();
    save(svgBlob(svg), `lstm_lens_step${step}_unit${unit}.svg`);
  }

  turn(view) {
    this.viewed = view;
    this.unrolled.turn(view);
    for (const button of this.parts.views.children) button.setAttribute("aria-pressed", String(button.dataset.view === view));
    if (this.unrolled.G) this.parts.title.textContent = titleOf(this.P, view, this.chosen.unit);
  }

  // -- what changes with the step --

  move(at) {
    const { P, parts } = this;
    this.unrolled.move(at);
    parts.slider.value = at.step;
    parts.slider.setAttribute("aria-valuetext", stepInWords(P, at.step));
    parts.at.textContent = fill(P.text.move.step_of, { step: at.step, steps: P.steps });
    parts.unit.textContent = unitInWords(P, at.unit);
    parts.title.textContent = titleOf(P, this.viewed, at.unit);
    parts.sentence.textContent = sentence(P, at);
    this.root.dataset.step = at.step;
    this.root.dataset.unit = at.unit;
    this.cell.show(P, at, this.phase);
  }

  /** Someone chose a step, a unit or a node of the cell. */
  choose(change, { playing = false } = {}) {
    if (!playing && ("step" in change || "unit" in change)) this.stop(); // to point at a node does not disturb a play
    const before = this.chosen;
    const at = { ...(this.pointed ?? before), ...change };
    this.pointed = undefined;
    this.chosen = { ...at, ...within(this.P, at) };
    if (playing) this.unrolled.fill(this.chosen.step, this.player.stepMs);
    if (isHere(this.P, this.chosen)) this.move(this.chosen);
    this.look();
    if (before.step === this.chosen.step && before.unit === this.chosen.unit) return;
    this.announce();
    this.write();
    this.read();
  }

  /** Put the chosen step and unit into the address, once they have stood still. */
  write() {
    this.isInUrl = true;
    this.later("url", QUIET_MS.url, () => writeUrl(this.chosen));
  }

  /** Ask the server for what is missing here: the chosen place, or what is in view and around it. */
  look() {
    const place = wantedAround(this.P, this.chosen, this.unrolled.inView);
    const text = JSON.stringify(place);
    if (!place || text === this.asked) return;
    this.later("ask", QUIET_MS.ask, () => {
      this.asked = text;
      this.send(place);
    });
  }

  /** Let a screen reader say where the picture stands, once it stands still or, in a play, now and then. */
  read() {
    const { playing } = this.player;
    if (playing && this.timers.live) return;
    this.later("live", playing ? QUIET_MS.livePlaying : QUIET_MS.live, () => {
      this.parts.live.textContent = this.parts.sentence.textContent;
    });
  }

  later(name, ms, act) {
    clearTimeout(this.timers[name]);
    this.timers[name] = setTimeout(() => {
      this.timers[name] = undefined;
      act();
    }, ms);
  }

  // -- linked with the charts --

  announce() {
    const { step, unit, node } = this.chosen;
    const detail = { step, unit, quantity: this.P.spec.charted.has(node) ? node : undefined, pinned: true, source: this.root };
    document.dispatchEvent(new CustomEvent(STEP_EVENT, { detail }));
  }

  /** Another picture points at a step, or pins one; or it points at none, and asks where we are. */
  follow({ step, unit, quantity, pinned, source }) {
    if (source === this.root) return;
    const at = { step, unit: unit ?? this.chosen.unit, node: this.P.spec.charted.has(quantity) ? quantity : null };
    if (!step) this.unpoint();
    else if (pinned) this.choose(at);
    else if (!this.player.playing && isHere(this.P, within(this.P, at))) this.move((this.pointed = { ...at, ...within(this.P, at) }));
  }

  unpoint() {
    if (this.pointed) {
      this.pointed = undefined;
      if (isHere(this.P, this.chosen)) this.move(this.chosen);
    }
    this.announce();
  }

  // -- keys and buttons --

  press(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.target === this.parts.speed) return;
    if (event.key === "Escape" && this.cell.hand.letAllGo()) return event.preventDefault();
    const to = keyMove(this.P, this.chosen, event.key);
    const space = event.key === " " && !event.target.closest("button");
    if (!to && !space) return;
    event.preventDefault();
    if (space) this.act("play");
    else this.choose(to);
  }

  /** In the teacher's view a presenter's remote moves the picture, wherever the focus is but where keys have a meaning. */
  remote(event) {
    if (!document.documentElement.classList.contains("lens-projector") || this.root.inert || event.defaultPrevented) return;
    if (event.target.matches(KEYED)) return;
    const to = keyMove(this.P, this.chosen, REMOTE[event.key]);
    if (!to) return;
    event.preventDefault();
    this.choose(to);
  }

  act(what) {
    const { step, unit } = this.chosen;
    const acts = {
      previous: () => this.choose({ step: step - 1 }),
      next: () => this.choose({ step: step + 1 }),
      unit_up: () => this.choose({ unit: unit - 1 }),
      unit_down: () => this.choose({ unit: unit + 1 }),
      play: () => (this.player.playing ? this.pause() : this.play()),
    };
    acts[what]?.();
  }

  // -- playing --

  play() {
    this.phase = isCalm() ? 0 : 1;
    this.player.start();
    const step = this.chosen.step === this.P.last ? this.P.first : this.chosen.step;
    this.choose({ step, node: null }, { playing: true });
    this.namePlay();
  }

  /** Stop, and show the step whole. */
  pause() {
    this.stop();
    if (isHere(this.P, this.chosen)) this.move(this.chosen);
  }

  stop() {
    if (!this.player.playing && !this.phase) return;
    this.player.stop();
    this.unrolled.fill(undefined);
    this.phase = 0;
    this.namePlay();
    this.read();
  }

  /** In how many phases a play shows a step; none where motion is not welcome. */
  get phases() {
    return isCalm() ? 0 : drawingOf(this.P.spec).phases;
  }

  /** One beat of a play; whether there is another. */
  beat() {
    if (!isHere(this.P, this.chosen)) return true; // its numbers are on their way
    const next = nextBeat(this.P, { step: this.chosen.step, phase: this.phase }, this.phases);
    if (!next) {
      this.pause();
      return false;
    }
    this.phase = next.phase;
    this.choose({ step: next.step }, { playing: true });
    return true;
  }
}

/** Called by Streamlit at first and with every change of data or theme; what it returns is called at the end. */
export default function show({ data, parentElement, setStateValue, setTriggerValue }) {
  const root = parentElement.querySelector(".lens-picture");
  const end = showIn(root, Lens, data);
  views.get(root).send = (place) => setStateValue?.("place", place);
  views.get(root).hold = (told) => setTriggerValue?.("hold", told);
  return end;
}
