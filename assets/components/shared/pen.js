// What the browser measures texts and reads colours with.

let pen;

/** The context of a canvas that no page shows, made at the first call. */
export function hiddenPen() {
  pen ??= document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  return pen;
}
