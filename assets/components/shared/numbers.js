// Numbers, and arrays of them as Python packed them.

/** A number, or the bound that it is beyond. */
export const clamp = (value, low, high) => Math.max(low, Math.min(high, value));

/** A number as it stands below the line: t₁₂. */
export const subscript = (number) => String(number).replace(/\d/g, (digit) => "₀₁₂₃₄₅₆₇₈₉"[digit]);

function bytesOf(bdata) {
  const characters = atob(bdata);
  const bytes = new Uint8Array(characters.length);
  for (let k = 0; k < bytes.length; k += 1) bytes[k] = characters.charCodeAt(k);
  return bytes.buffer;
}

/** A typed array as Python packed it -> Float32Array. */
export const decode = ({ bdata }) => new Float32Array(bytesOf(bdata));

const LEVELS = 65_533; // of a scale, two bytes a number
const BEYOND = [-Infinity, Infinity, NaN];

/** Numbers on a scale, as `coded` of lstm_core/figures/sent.py packed them -> Float32Array. */
export const decodeLevels = ({ bdata }, low, high) => Float32Array.from(
  new Uint16Array(bytesOf(bdata)),
  (level) => (level < LEVELS ? low + ((high - low) * level) / (LEVELS - 1) : BEYOND[level - LEVELS]),
);

/** How many decimals of a number on such a scale are its own. */
export const decimalsOf = (low, high) => clamp(Math.floor(-Math.log10((high - low) / LEVELS)) - 1, 0, 100);
