// Numbers, and arrays of them as Python packed them.

/** A number, or the bound that it is beyond. */
export const clamp = (value, low, high) => Math.max(low, Math.min(high, value));

/** A number as it stands below the line: t₁₂. */
export const subscript = (number) => String(number).replace(/\d/g, (digit) => "₀₁₂₃₄₅₆₇₈₉"[digit]);

/** A typed array as Python packed it -> Float32Array. */
export function decode({ bdata }) {
  const characters = atob(bdata);
  const bytes = new Uint8Array(characters.length);
  for (let k = 0; k < bytes.length; k += 1) bytes[k] = characters.charCodeAt(k);
  return new Float32Array(bytes.buffer);
}
