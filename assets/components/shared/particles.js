// Texts with facts filled in, and Korean particles that fit them, as lstm_core/particles.py chooses them.

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
export const fill = (sentence, words) => sentence.split(PAIR).reduce((said, piece, k) => (
  said + (k % 2 ? particle(piece, said) : piece.replace(/\{(\w+)\}/g, (_, name) => words[name]))), "");
