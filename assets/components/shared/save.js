// Hands a file to the reader, as the browser saves any download. No server takes part.

const FREED_MS = 60_000; // by then the browser has read what it saves

/** Save a blob under a name. */
export function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), FREED_MS);
}
