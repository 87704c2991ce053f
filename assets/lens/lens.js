// The component: keeps the chosen step and unit, draws the layer around them, and hands them to the inside of the cell.
// Nothing here asks the server. It leads the charts, and follows them, by the event `lens:step` on the document.

const DRAWN_MOST = 64; // steps drawn at once; of longer sequences those around the window
const QUIET_MS = { url: 300, live: 700, livePlaying: 4000 }; // before the URL is written, and a step is read out
const GLIDE_MS = 700; // folding and unfolding, with its delay
const NODES = { i: "i", f: "f", candidate: "candidate", o: "o", c: "c", h: "h", x: "x" }; // a chart's quantity in the cell

const isCalm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

class Lens {
  constructor(root) {
    this.root = root;
    const part = (selector) => root.querySelector(selector);
    const [left, right] = root.querySelectorAll(".lens-end");
    this.parts = {
      left, right, title: part("h3"), fold: part(".lens-fold"), sentence: part(".lens-sentence"), live: part(".lens-live"),
      layer: part(".lens-layer"), window: part(".lens-window"), picture: part(".lens-window > svg"),
      chains: part(".lens-chains"), loop: part(".lens-loop"), steps: part(".lens-steps"), controls: part(".lens-controls"),
      slider: part("input"), canvas: part("canvas"), frame: part(".lens-frame"), at: part(".lens-at"), unit: part(".lens-unit"),
      play: part(".lens-play"), speed: part("select"),
    };
    this.chosen = chosenIn(location.search);
    this.phase = 0;
    this.timers = {};
    this.mark = element(["path", { class: "mark" }], SVG);
    this.player = new Player(() => this.beat(), isCalm);
    this.cell = makeCell(part(".lens-cell"), (change) => this.choose(change));
    this.listen();
  }

  listen() {
    const { window: view, slider, controls, fold, speed } = this.parts;
    this.gone = new AbortController();
    const on = (target, type, handler) => target.addEventListener(type, handler, { signal: this.gone.signal });
    on(this.root, "keydown", (event) => this.press(event));
    on(view, "click", (event) => this.click(event));
    on(view, "scroll", () => this.scrolled());
    on(slider, "input", () => this.choose({ step: Number(slider.value) }));
    on(controls, "click", ({ target }) => this.act(target.closest("[data-do]")?.dataset.do));
    on(speed, "change", () => (this.player.speed = Number(speed.value)));
    on(fold, "click", () => this.fold());
    on(document, EVENT, ({ detail }) => this.follow(detail));
    this.resized = new ResizeObserver(() => this.width !== this.parts.layer.clientWidth && this.draw());
    this.resized.observe(this.parts.layer);
  }

  destroy() {
    this.gone.abort();
    this.resized.disconnect();
    this.player.stop();
    for (const timer of Object.values(this.timers)) clearTimeout(timer);
  }

  // -- drawing what changes with the data --

  /** Take new data; the chosen step and unit stay, as far as there are so many. */
  async show(data) {
    const P = readPayload(data);
    this.latest = P;
    const paints = await paintings(P);
    if (this.latest !== P || this.gone.signal.aborted) return;
    Object.assign(this, { P, paints, wires: wiresOf(P) });
    const { step = P.last, unit = 1, node = null } = this.chosen;
    this.chosen = { node, ...within(P, { step, unit }) };
    this.pointed = undefined;
    this.nameAll(P.text);
    paintOverview(this.parts.canvas, P);
    this.draw();
  }

  nameAll({ layer, move }) {
    const { window: view, slider, controls, speed } = this.parts;
    this.root.setAttribute("aria-label", description(this.P));
    view.setAttribute("aria-label", layer.window);
    slider.setAttribute("aria-label", move.step);
    controls.setAttribute("aria-label", move.controls);
    for (const button of controls.querySelectorAll("[data-do]:not(.lens-play)")) {
      button.title = move[button.dataset.do];
      button.setAttribute("aria-label", button.title);
    }
    speed.previousElementSibling.textContent = move.speed;
    if (!speed.options.length) speed.append(...SPEEDS.map((factor) => new Option(`${factor}×`, factor, factor === 1, factor === 1)));
    this.namePlay();
    this.nameFold();
  }

  namePlay() {
    const { play } = this.parts;
    this.root.classList.toggle("lens-playing", this.player.playing);
    play.querySelector("span").textContent = this.P.text.move[this.player.playing ? "pause" : "play"];
    play.setAttribute("aria-label", play.textContent);
  }

  nameFold() {
    const { fold, title } = this.parts;
    const { layer } = this.P.text;
    title.textContent = titleOf(this.P, this.folded);
    fold.textContent = this.folded ? layer.unfold : layer.fold;
    fold.setAttribute("aria-pressed", String(Boolean(this.folded)));
  }

  /** Draw the layer as wide as there is room. */
  draw() {
    const { P, wires } = this;
    const { layer, window: view, picture, chains, loop, slider } = this.parts;
    this.width = layer.clientWidth;
    if (!P || !this.width) return;
    const size = sizeOf(this.width);
    const widths = endWidths(size);
    const G = layerGeometry(P, this.width - widths.start - widths.exit, size);
    this.G = G;
    this.drawEnds(widths);
    setAttributes(picture, { width: G.content, height: Y.height });
    chains.replaceChildren(...drawChains(P, G, wires).map((part) => element(part, SVG)));
    loop.replaceChildren(...drawLoop(P, G, wires).map((part) => element(part, SVG)));
    this.root.classList.toggle("lens-scrolls", G.scrolls);
    slider.max = P.steps;
    this.drawn = undefined;
    this.left = view.scrollLeft;
    this.bring(this.chosen.step);
    this.drawSteps();
    this.move(this.chosen);
    this.announce();
  }

  drawEnds(widths) {
    const { P, wires, paints } = this;
    const sides = P.backwards ? ["right", "left"] : ["left", "right"];
    const ends = { start: drawStart(sides[0], widths.start, P, paints), exit: drawExit(sides[1], widths.exit, P, wires) };
    const words = { start: startInWords(P), exit: P.stateful ? P.text.layer.waits : "" };
    for (const [k, name] of ["start", "exit"].entries()) {
      const end = this.parts[sides[k]];
      const [svg, caption] = end.children;
      end.className = `lens-end lens-${name}`;
      setAttributes(svg, { width: widths[name], height: Y.height });
      svg.replaceChildren(...ends[name].map((part) => element(part, SVG)));
      caption.textContent = words[name];
    }
  }

  /** Draw the steps in and around the window, unless they are drawn already. */
  drawSteps() {
    const { P, G, wires, paints, drawn } = this;
    const [first, last] = this.folded ? [this.chosen.step, this.chosen.step] : inView(G, this.left);
    if (drawn && drawn[0] <= first && last <= drawn[1]) return;
    const spare = Math.max(0, Math.floor((DRAWN_MOST - (last - first + 1)) / 2));
    this.drawn = P.steps <= DRAWN_MOST ? [1, P.steps] : [Math.max(1, first - spare), Math.min(P.steps, last + spare)];
    this.parts.steps.replaceChildren(...drawSteps(P, G, wires, paints, this.drawn).map((part) => element(part, SVG)));
    this.marked = undefined;
    this.highlight(this.shown);
  }

  // -- drawing what changes with the step --

  /** Where the picture stands: where a chart is pointed at, else at the chosen step. */
  get shown() {
    return this.pointed ?? this.chosen;
  }

  move(at) {
    const { P, parts } = this;
    this.bring(at.step);
    this.drawSteps();
    this.highlight(at);
    parts.slider.value = at.step;
    parts.slider.setAttribute("aria-valuetext", stepInWords(P, at.step));
    parts.at.textContent = fill(P.text.move.step_of, { step: at.step, steps: P.steps });
    parts.unit.textContent = unitInWords(P, at.unit);
    parts.sentence.textContent = sentence(P, at);
    this.root.dataset.step = at.step;
    this.root.dataset.unit = at.unit;
    this.cell.show(P, at, this.phase);
  }

  highlight({ step, unit }) {
    const [first] = this.drawn;
    const node = this.parts.steps.children[step - first];
    if (!node) return;
    if (this.unitMarked !== unit || !this.marked) this.mark.setAttribute("d", unitMark(this.P, this.G, unit));
    this.unitMarked = unit;
    if (node === this.marked) return;
    this.marked?.classList.remove("chosen");
    node.classList.add("chosen");
    if (this.P.units > 1 && !this.P.masked(step)) node.append(this.mark);
    else this.mark.remove();
    this.marked = node;
  }

  /** Scroll the window so far that a step is in it. */
  bring(step) {
    const left = this.folded ? this.left : scrolledTo(this.G, this.left, step);
    if (left !== this.left) this.parts.window.scrollLeft = this.left = left;
    this.frame();
  }

  scrolled() {
    const left = this.parts.window.scrollLeft;
    if (Math.abs(left - this.left) < 1) return;
    this.left = left;
    this.drawSteps();
    this.frame();
  }

  /** The overview's frame around the part in view, and where there is more. */
  frame() {
    const { content, width } = this.G;
    this.root.classList.toggle("lens-more-left", this.left > 1);
    this.root.classList.toggle("lens-more-right", this.left < content - width - 1);
    const { style } = this.parts.frame;
    style.left = `${(100 * this.left) / content}%`;
    style.width = `${(100 * width) / content}%`;
  }

  /** Gather all steps into one, or lay them out again. */
  fold() {
    const { root, parts, G } = this;
    const turning = (on) => root.classList.toggle("lens-turning", on);
    this.folded = !this.folded;
    if (!this.folded) this.bring(this.chosen.step);
    this.drawSteps();
    parts.layer.style.setProperty("--middle", `${this.left + G.width / 2}px`);
    turning(!isCalm());
    void root.offsetWidth; // so that the steps set out from where they stand now
    root.classList.toggle("lens-folded", this.folded);
    this.nameFold();
    this.later("turning", GLIDE_MS, () => turning(false));
  }

  // -- choosing --

  /** Someone chose a step, a unit or a node of the cell. */
  choose(change, { playing = false } = {}) {
    if (!playing) this.stop();
    const before = this.chosen;
    const at = { ...this.shown, ...change };
    this.pointed = undefined;
    this.chosen = { ...at, ...within(this.P, at) };
    this.move(this.chosen);
    if (before.step === this.chosen.step && before.unit === this.chosen.unit) return;
    this.announce();
    this.later("url", QUIET_MS.url, () => writeUrl(this.chosen));
    this.read();
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

  announce() {
    const { step, unit, node } = this.chosen;
    const detail = { step, unit, quantity: NODES[node], pinned: true, source: this.root };
    document.dispatchEvent(new CustomEvent(EVENT, { detail }));
  }

  /** Another picture points at a step, or pins one; or it points at none, and asks where we are. */
  follow({ step, unit, quantity, pinned, source }) {
    if (source === this.root || !this.P) return;
    if (!step) {
      const wasPointed = this.pointed;
      this.pointed = undefined;
      if (wasPointed) this.move(this.chosen);
      this.announce();
      return;
    }
    const at = { step, unit: unit ?? this.chosen.unit, node: NODES[quantity] ?? null };
    if (pinned) this.choose(at);
    else if (!this.player.playing) this.move((this.pointed = { ...at, ...within(this.P, at) }));
  }

  press(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.target === this.parts.speed) return;
    const to = keyMove(this.P, this.chosen, event.key);
    const space = event.key === " " && !event.target.closest("button");
    if (!to && !space) return;
    event.preventDefault();
    if (space) this.act("play");
    else this.choose(to);
  }

  click({ target, clientX }) {
    const group = target.closest(".step");
    if (!group) return;
    const { strip, pitch } = this.G;
    const touched = group.querySelector(".touch").getBoundingClientRect();
    const place = (clientX - touched.left - pitch / 2 - strip.x) / strip.width;
    const unit = target.closest(".step > svg, .strip-frame") && place >= 0 && place < 1 ? Math.floor(place * this.P.units) + 1 : this.chosen.unit;
    this.choose({ step: Number(group.dataset.step), unit });
  }

  act(what) {
    const { step, unit } = this.chosen;
    const acts = {
      previous: () => this.choose({ step: step - 1 }),
      next: () => this.choose({ step: step + 1 }),
      unit_up: () => this.choose({ unit: unit - 1 }),
      unit_down: () => this.choose({ unit: unit + 1 }),
      play: () => (this.player.playing ? this.stop() : this.play()),
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

  stop() {
    if (!this.player.playing && !this.phase) return;
    this.player.stop();
    this.phase = 0;
    this.namePlay();
    this.read();
  }

  /** One beat of a play; whether there is another. */
  beat() {
    const next = nextBeat(this.P, { step: this.chosen.step, phase: this.phase }, isCalm());
    if (next) {
      this.phase = next.phase;
      this.choose({ step: next.step }, { playing: true });
      return true;
    }
    this.stop();
    this.move(this.chosen);
    return false;
  }
}

const lenses = new WeakMap();

/** Called by Streamlit at first and with every change of data or theme; what it returns is called at the end. */
export default function show({ data, parentElement }) {
  const root = parentElement.querySelector(".lens-picture");
  if (!lenses.has(root)) lenses.set(root, new Lens(root));
  const lens = lenses.get(root);
  lens.show(JSON.parse(new TextDecoder().decode(data)));
  return () => lens.destroy();
}
