// Copying to the clipboard, also where the page is not on a secure address (a classroom by http) or in a frame.

const COPIED_MS = 1600;

async function copyText(text) {
  try {
    return await navigator.clipboard.writeText(text);
  } catch {
    // no clipboard here, or none for us: as below
  }
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

/** Make a button that copies what `source` gives, and says so for a moment. */
export function copyOnClick(button, { copy, copied }, source) {
  button.textContent = copy;
  button.onclick = async () => {
    await copyText(source());
    button.textContent = copied;
    setTimeout(() => (button.textContent = copy), COPIED_MS);
  };
}

