// A curve over the time steps: dots are what happened, the dashed line is what was expected, a mark where it is halved.

const CURVE = { width: 720, height: 260, left: 52, right: 16, top: 34, bottom: 40, dot: 5, key: 18, ticks: 12, gap: 8 };

/** Functions from step and value to pixels. */
function placesOf({ real, expected }) {
  const values = [0, ...real, ...expected];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const { width, height, left, right, top, bottom } = CURVE;
  const across = (width - left - right) / Math.max(1, real.length - 1);
  const up = (height - top - bottom) / (high - low || 1);
  return { low, high, x: (step) => left + (step - 1) * across, y: (value) => height - bottom - (value - low) * up };
}

function axes({ real, text }, { low, high, x, y }) {
  const every = Math.ceil(real.length / CURVE.ticks);
  const steps = real.map((_, k) => k + 1).filter((step) => (step - 1) % every === 0);
  const floor = CURVE.height - CURVE.bottom;
  return [
    ["line", { class: "axis", x1: CURVE.left, x2: CURVE.width - CURVE.right, y1: y(0), y2: y(0) }],
    ...[low, high].filter((value, k, all) => all.indexOf(value) === k).map((value) =>
      ["text", { class: "level", x: CURVE.left - CURVE.gap, y: y(value) }, value.toFixed(2)]),
    ...steps.map((step) => ["text", { class: "tick", x: x(step), y: floor + 18 }, String(step)]),
    ["text", { class: "tick", x: (CURVE.left + CURVE.width) / 2, y: CURVE.height - 4 }, text.axis],
  ];
}

function legend({ text, colour }) {
  const second = CURVE.width / 2;
  return [
    ["circle", { class: "real", cx: CURVE.left + 6, cy: 12, r: CURVE.dot, fill: colour }],
    ["text", { x: CURVE.left + CURVE.key, y: 16 }, text.real],
    ["line", { class: "expected", x1: second, x2: second + 26, y1: 12, y2: 12 }],
    ["text", { x: second + 32, y: 16 }, text.expected],
  ];
}

/** Where the mark stands: down to the axis and across to the scale; nothing if it lies beyond the last step. */
function marked({ real, mark }, { x, y }) {
  if (!mark || mark.step > real.length) return [];
  const [across, up] = [x(mark.step), y(mark.value)];
  const atEnd = mark.step > real.length * 0.6;
  return [
    ["path", { class: "mark", d: `M${CURVE.left} ${up}H${across}V${y(0)}` }],
    ["text", {
      class: "mark-words", x: across + (atEnd ? -CURVE.gap : CURVE.gap), y: up - CURVE.gap, "text-anchor": atEnd ? "end" : "start",
    }, mark.words],
  ];
}

export default function ({ data: bytes, parentElement }) {
  const data = JSON.parse(new TextDecoder().decode(bytes));
  const svg = parentElement.querySelector(".lens-curve svg");
  const places = placesOf(data);
  const line = data.expected.map((value, k) => `${k ? "L" : "M"}${places.x(k + 1)} ${places.y(value)}`).join("");
  svg.setAttribute("viewBox", `0 0 ${CURVE.width} ${CURVE.height}`);
  svg.setAttribute("aria-label", data.text.alt);
  const parts = [
    ...axes(data, places),
    ["path", { class: "expected", d: line }],
    ...data.real.map((value, k) =>
      ["circle", { class: "real", cx: places.x(k + 1), cy: places.y(value), r: CURVE.dot, fill: data.colour }]),
    ...marked(data, places),
    ...legend(data),
  ];
  svg.replaceChildren(...parts.map((part) => element(part, SVG)));
}
