// Should React ever die of an error of its own, its root is left empty: the page then comes back by its own address,
// which holds the whole experiment. A page that dies again and again is left to its reader.

const LOOK_MS = 500;
const REVIVALS = "lens-revivals"; // in the tab's storage: the moments at which the page came back
const MAX_REVIVALS = 3; // in a minute

const ofLastMinute = (moments) => moments.filter((moment) => Date.now() - moment < 60_000);

function lookForLife() {
  if (document.getElementById("root").childElementCount) return;
  const moments = ofLastMinute(JSON.parse(sessionStorage.getItem(REVIVALS) ?? "[]"));
  if (moments.length >= MAX_REVIVALS) return;
  sessionStorage.setItem(REVIVALS, JSON.stringify([...moments, Date.now()]));
  location.reload();
}

setInterval(lookForLife, LOOK_MS);
