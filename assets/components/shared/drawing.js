// What every picture of the page is drawn with: numbers, colours, elements, and the event that links the pictures.

const SVG = "http://www.w3.org/2000/svg";

// On the document; detail: {step, unit, quantity, pinned, source}. Pinned by click or key, else pointed at. Without
// a step nothing is pointed at any more, or a new picture asks: whoever keeps the step tells it again.
const EVENT = "lens:step";

const clamp = (value, low, high) => Math.max(low, Math.min(high, value));

// ---- texts ----

// Korean particles, as lstm_core/particles.py chooses them
const PAIR = /\{([가-힣]+\/[가-힣]+)\}/u;
const MARK = /[^\p{L}\p{N}_%(]$/u;
const EXPLAINED = /([\p{L}\p{N}_])\([^()]*\)$/u;
const SPELLED = /^(?:[A-Z]+|.|[^aeiouy]+)$/;
const ENDS = {
  digit: { "ㄹ": /[178]$/, "ㄱ": /[36]$|(?:^|[^0])0{1,11}$/ },
  letter: { "ㄹ": /[lr]$/, "ㄱ": /[mn]$/ },
  word: {
    "ㄹ": /le?$/,
    "ㄱ": /(?:[mn]e?|ng|ck|ook|out|type|shape|(?:^|[^aeiou])(?:[aeiou](?:[ckpt]|pp)|[aeio]b))$/,
  },
};

/** What is read of a text: no marks and quotes at its end, and no brackets that only explain the word before them. */
function spoken(said) {
  const shorter = said.replace(EXPLAINED, "$1").replace(MARK, "");
  return shorter === said ? said : spoken(shorter);
}

/** The consonant that this ends in when read aloud: ㄹ, ㄱ for any other, "" for a vowel. */
function lastSound(said) {
  const read = spoken(said);
  const last = read.slice(-1);
  if (last >= "가" && last <= "힣") {
    const jongseong = (last.charCodeAt(0) - "가".charCodeAt(0)) % 28;
    return jongseong === 0 ? "" : jongseong === 8 ? "ㄹ" : "ㄱ";
  }
  const kind = /\d/.test(last) ? "digit" : SPELLED.test(/[A-Za-z]*$/.exec(read)[0]) ? "letter" : "word";
  return Object.entries(ENDS[kind]).find(([, ending]) => ending.test(read.toLowerCase()))?.[0] ?? "";
}

/** Which of a pair such as 은/는 comes after what has been said. */
function particle(pair, said) {
  const [afterConsonant, afterVowel] = pair.split("/");
  const sound = lastSound(said);
  return !sound || (sound === "ㄹ" && pair === "으로/로") ? afterVowel : afterConsonant;
}

/** A text with `{name}` replaced by its fact, and `{은/는}` by what follows the text before it. */
const fill = (sentence, words) => sentence.split(PAIR).reduce((said, piece, k) => (
  said + (k % 2 ? particle(piece, said) : piece.replace(/\{(\w+)\}/g, (_, name) => words[name]))), "");

// ---- arrays ----

/** A typed array as Python packed it -> Float32Array. */
function decode({ bdata }) {
  const characters = atob(bdata);
  const bytes = new Uint8Array(characters.length);
  for (let k = 0; k < bytes.length; k += 1) bytes[k] = characters.charCodeAt(k);
  return new Float32Array(bytes.buffer);
}

// ---- colours ----

const channels = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));

/** Relative luminance (WCAG 2) of [r, g, b] in 0..255. */
function luminance(rgb) {
  const [r, g, b] = rgb.map((channel) => channel / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** The colour of a value on a heatmap's scale, as [r, g, b]. */
function cellColour(value, { zmin, zmax, colorscale }) {
  const place = clamp((value - zmin) / (zmax - zmin), 0, 1) * (colorscale.length - 1);
  const below = Math.min(Math.floor(place), colorscale.length - 2);
  const [from, to] = [channels(colorscale[below][1]), channels(colorscale[below + 1][1])];
  return from.map((channel, k) => channel + (to[k] - channel) * (place - below));
}

/** Black or white, whichever is read more easily on the colour: at least 4.58:1. */
const inkOn = (rgb) => ((luminance(rgb) + 0.05) ** 2 > 1.05 * 0.05 ? "#000" : "#fff");

// ---- elements ----

function setAttributes(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
}

/** Build [tag, attributes, text or children]; text only ever becomes a text node, never HTML. */
function element([tag, attributes, content = ""], namespace) {
  const node = namespace ? document.createElementNS(namespace, tag) : document.createElement(tag);
  setAttributes(node, attributes);
  if (typeof content === "string") node.textContent = content;
  else node.append(...content.map((child) => element(child, namespace)));
  return node;
}

// ---- places ----

/** How many pixels of the screen one of an HTML element's own is: the projector's view makes it more. */
const scaleOf = (node) => node.getBoundingClientRect().width / node.offsetWidth || 1;

/** Where on an HTML element a pointer is, in the element's own pixels from its left and top. */
function placeIn(node, { clientX, clientY }) {
  const { left, top } = node.getBoundingClientRect();
  const scale = scaleOf(node);
  return { x: (clientX - left) / scale, y: (clientY - top) / scale };
}

// ---- components ----

const views = new WeakMap(); // a component's root -> its one view

/**
 * Show data in a root's view, made at the first call; return what ends it. Streamlit also calls what an overtaken
 * call returned (data that changed while the script was loading): only the last call ends the view, and not while
 * its root is in the page.
 */
function showIn(root, View, bytes) {
  if (!views.has(root)) views.set(root, new View(root));
  const view = views.get(root);
  const call = (view.lastCall = {});
  view.show(JSON.parse(new TextDecoder().decode(bytes)));
  return () => {
    if (root.isConnected || view.lastCall !== call) return;
    view.destroy();
    views.delete(root);
  };
}
