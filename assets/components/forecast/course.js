// Forecasts and what came true as lines over the months, as lists of [tag, attributes, text or children].

const HEIGHT = 250;
const EDGE = { top: 10, left: 34, bottom: 24, lead: 18 };
const LABELS = { wide: 250, narrow: 158 }; // room for the names at the lines' ends
const NARROW = 560;
const LINE = 15; // from a name to its error, where they have a line each
const STEP = 100; // thousands from one line of the grid to the next

/** Where names of these places stand, at least `gap` apart and between top and bottom, in the same order. */
export function spread(places, gap, top, bottom) {
  const order = places.map((_, k) => k).sort((one, other) => places[one] - places[other]);
  const found = [...places];
  let least = top;
  for (const k of order) {
    found[k] = Math.max(found[k], least);
    least = found[k] + gap;
  }
  let most = bottom;
  for (const k of order.toReversed()) {
    found[k] = Math.min(found[k], most);
    most = found[k] - gap;
  }
  return found;
}

/** The whole chart, `width` pixels wide. */
export function drawForecast(/** @type {ForecastData} */ { lines, years }, width) {
  const narrow = width < NARROW;
  const right = width - LABELS[narrow ? "narrow" : "wide"];
  const values = lines.flatMap((line) => line.values);
  const [low, high] = [Math.floor(Math.min(...values) / STEP) * STEP, Math.ceil(Math.max(...values) / STEP) * STEP];
  const months = lines[0].values.length;
  const x = (month) => EDGE.left + ((right - EDGE.left) * month) / (months - 1);
  const y = (value) => EDGE.top + (HEIGHT - EDGE.top - EDGE.bottom) * (1 - (value - low) / (high - low));
  const gap = narrow ? 2 * LINE + 2 : LINE + 3;
  const places = spread(lines.map((line) => y(line.values[months - 1])), gap, EDGE.top + LINE / 2, HEIGHT - EDGE.bottom);
  const levels = Array.from({ length: (high - low) / STEP + 1 }, (_, k) => low + k * STEP);
  return {
    height: HEIGHT,
    parts: [
      ...levels.flatMap((level) => [
        ["path", { class: "grid", d: `M${EDGE.left} ${y(level)}H${right}` }],
        ["text", { class: "tick number", x: EDGE.left - 6, y: y(level) }, String(level)]]),
      ...years.map((year, k) => ["text", { class: "tick", x: x(12 * k), y: HEIGHT - 8 }, String(year)]),
      ...lines.map((line, k) => lineOf(line, { x, y, right, place: places[k], narrow })).toReversed(),
    ],
  };
}

function lineOf({ name, label, off, values }, { x, y, right, place, narrow }) {
  const course = values.map((value, month) => `${month ? "L" : "M"}${x(month).toFixed(1)} ${y(value).toFixed(1)}`).join("");
  const at = right + EDGE.lead + 4;
  const said = narrow && off
    ? [["tspan", { x: at, dy: -LINE / 2 }, label], ["tspan", { class: "off", x: at, dy: LINE }, off]]
    : [["tspan", { class: "named" }, label], ["tspan", { class: "off", dx: 6 }, off]];
  return ["g", { "data-line": name }, [
    ["path", { class: "course", d: course }],
    ["path", { class: "lead", d: `M${right + 2} ${y(values.at(-1)).toFixed(1)}L${right + EDGE.lead} ${place.toFixed(1)}` }],
    ["text", { x: at, y: place }, said]]];
}
