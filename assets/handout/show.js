
// The end of each component's script in a handout: shows its data, and again in the other theme's colours.
const showHere = () => show({
  data: new TextEncoder().encode(document.getElementById("NAME-data").textContent),
  parentElement: document.getElementById("NAME"),
});
showHere();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", showHere);
