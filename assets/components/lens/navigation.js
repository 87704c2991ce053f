// How the picture moves from step to step and unit to unit: pure functions, and the clock of a play.

import { clamp } from "../shared/numbers.js";

const STEP_MS = 600; // that a play takes for a step, at speed 1
export const SPEEDS = [0.5, 1, 2, 4];

/** A step and unit that the picture has, nearest to the wished ones. */
export const within = (/** @type {Picture} */ P, /** @type {At} */ { step, unit }) => (
  { step: clamp(step, 1, P.steps), unit: clamp(unit, 1, P.units) });

/** Whether a step with the one before it, and a unit with its weights, are here. */
export const isHere = (/** @type {Picture} */ P, /** @type {At} */ { step, unit }) => (
  P.hasUnit(unit) && P.isHere(step) && P.isHere(P.previous(step) ?? step));

/** The place nearest to a wished one whose numbers are here. */
export function nearestHere(/** @type {Picture} */ P, /** @type {At} */ { step, unit }) {
  if (!P.sent) return { step, unit };
  const steps = P.sent.steps.filter((t) => P.isHere(P.previous(t) ?? t));
  const nearest = steps.reduce((best, t) => (Math.abs(t - step) < Math.abs(best - step) ? t : best));
  return { step: nearest, unit: clamp(unit, P.sent.first, P.sent.last) };
}

/** What a presenter's remote sends, and the arrow keys, as keys of the picture. */
export const REMOTE = { PageDown: "ArrowRight", PageUp: "ArrowLeft", ArrowRight: "ArrowRight", ArrowLeft: "ArrowLeft" };

/** What has a use of its own for them. */
export const KEYED = "input:not([type=checkbox]), textarea, select, [contenteditable], [role=radio], [role=slider], [role=tab], [role=menuitem]";

/** Where a key leads from a step and unit; undefined for other keys. Steps follow time, as on the axis. */
export function keyMove(/** @type {Picture} */ P, /** @type {At} */ { step, unit }, key) {
  const moves = {
    ArrowLeft: { step: step - 1 }, ArrowRight: { step: step + 1 }, Home: { step: 1 }, End: { step: P.steps },
    ArrowUp: { unit: unit - 1 }, ArrowDown: { unit: unit + 1 },
  };
  return key in moves ? within(P, { step, unit, ...moves[key] }) : undefined;
}

/**
 * What a play shows after this step and phase, in processing order; null at the end. A step has so many `phases`, from 1;
 * with 0 of them, as in a calm play, it is shown whole, and that is phase 0.
 */
export function nextBeat(/** @type {Picture} */ P, { step, phase }, phases) {
  if (phase < phases) return { step, phase: phase + 1 };
  const next = P.next(step);
  return next && { step: next, phase: Math.min(1, phases) };
}

/** The part of the steps in view, first and last. */
export const inView = (/** @type {LayerGeometry} */ G, left) => [G.stepAt(left + 1), G.stepAt(left + G.width - 1)];

/**
 * How far the window has to be scrolled for a step to be in view: `left`, as it is, where the step is in it whole. Else
 * the window turns over like a page, with one step of the last page kept.
 */
export function scrolledTo(/** @type {LayerGeometry} */ G, left, step) {
  const [start, end] = [G.middle(step) - G.pitch / 2, G.middle(step) + G.pitch / 2];
  if (start >= left - 1 && end <= left + G.width + 1) return left;
  return clamp(start < left ? end + G.pitch - G.width : start - G.pitch, 0, G.content - G.width);
}

/** The clock of a play: calls `beat`, `beats()` times a step, until that returns false or someone stops it. */
export class Player {
  constructor(beat, beats) {
    this.beat = beat;
    this.beats = beats;
    this.speed = 1;
    this.timer = undefined;
  }

  get stepMs() {
    return STEP_MS / this.speed;
  }

  get playing() {
    return this.timer !== undefined;
  }

  start() {
    this.timer = setTimeout(() => (this.beat() ? this.start() : this.stop()), this.stepMs / this.beats());
  }

  stop() {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}

/**
 * What to ask the server for where not all numbers are here: those of a chosen place or, if these are, those of the steps
 * in view and as many before and behind; undefined where nothing is missing.
 */
export function wantedAround(/** @type {Picture} */ P, /** @type {At} */ { step, unit }, /** @type {number[]} */ [first, last]) {
  if (!P.sent) return undefined;
  if (!isHere(P, { step, unit })) return { step, unit, seen: step };
  const spare = Math.min(last - first + 1, Math.floor((P.sent.steps.length - (last - first)) / 3));
  const ends = [first - Math.max(0, spare), last + Math.max(0, spare)].map((t) => clamp(t, 1, P.steps));
  return ends.every((t) => P.isHere(t)) ? undefined : { step, unit, seen: Math.round((first + last) / 2) };
}
