// Streamlit's own words, on Korean pages in Korean; and names that screen readers read, without marks of markup.
// Streamlit writes both itself and offers no other. All that leans on its elements for it stands here: `PLACES` says
// where each word of `[streamlit]` in assets/text is, as text or in an attribute; a test goes to each of them.
// `WORDS` comes before this script: those words by language, the English ones as Streamlit has them.

export const PLACES = [
  ["skip", "[data-testid=stSkipToContent]"],
  ["sidebar", "[data-testid=stSidebar]", "aria-label"],
  ["sidebar_close", "[data-testid=stSidebar] button", "aria-label"],
  ["sidebar_open", "[data-testid=stExpandSidebarButton]", "aria-label"],
  ["help", "[data-testid=stTooltipIcon] button", "aria-label"],
  ["choose", "[data-testid=stSelectbox] input", "placeholder"],
  ["choose_some", "[data-testid=stMultiSelect] input", "placeholder"],
  ["open", ":is([data-testid=stSelectbox], [data-testid=stMultiSelect]) button", "aria-label"],
  ["dismiss", ":is([data-testid=stSelectboxVirtualDropdown], [data-testid=stMultiSelectDropdown], [data-testid=stDialog]) button", "aria-label"],
  ["chosen", "[data-testid=stMultiSelectTagsContainer] [role=group]", "aria-label"],
  ["remove", ":is([data-testid=stMultiSelect], [data-testid=stFileUploader]) button", "aria-label"],
  ["clear", "[data-testid=stMultiSelect] button", "aria-label"],
  ["select_all", "[data-testid=stMultiSelectDropdown] [role=option] *"],
  ["no_results", ":is([data-testid=stSelectboxVirtualDropdown], [data-testid=stMultiSelectDropdown]) [role=option] *"],
  ["options", "[data-live-announcer] [role=log] *"],
  ["option", "[data-live-announcer] [role=log] *"],
  ["less", "[data-testid=stNumberInputStepDown]", "aria-label"],
  ["more", "[data-testid=stNumberInputStepUp]", "aria-label"],
  ["outside", "[id$=-validation-error]"],
  ["wrong", "[data-testid=stTooltipErrorContent] strong"],
  ["beyond", "[data-testid=stTooltipErrorContent] p"],
  ["apply", "[data-testid=InputInstructions] *"],
  ["submit", "[data-testid=InputInstructions] *"],
  ["close", "[data-testid=stDialog] button", "aria-label"],
  ["upload", "[data-testid=stFileUploaderDropzone] p"],
  ["size", "[data-testid=stFileUploaderDropzoneInstructions] *"],
  ["choose_file", "[data-testid=stFileUploaderDropzoneInput]", "aria-label"],
  ["add_files", "[data-testid=stFileUploader] button", "aria-label"],
  ["add", "[data-testid=stFileUploader] button *"],
  ["error", "[data-testid=stFileChip] span"],
  ["not_allowed", "[data-testid=stFileChip] span"],
  ["too_large", "[data-testid=stFileChip] span"],
  ["columns", "[data-testid=stElementToolbar] button", "aria-label"],
  ["csv", "[data-testid=stElementToolbar] button", "aria-label"],
  ["search", "[data-testid=stElementToolbar] button", "aria-label"],
  ["fullscreen", "[data-testid=stElementToolbar] button", "aria-label"],
  ["fullscreen_end", "[data-testid=stElementToolbar] button", "aria-label"],
  ...["columns", "csv", "search", "fullscreen", "fullscreen_end"].map((name) => [name, "[data-testid=stTooltipContent] p"]),
  ["type", ".gdg-search-status label"],
  ["search_previous", ".gdg-search-bar-inner button", "aria-label"],
  ["search_next", ".gdg-search-bar-inner button", "aria-label"],
  ["search_close", ".gdg-search-bar-inner button", "aria-label"],
  ["all_columns", "[data-testid=stDataFrameColumnVisibilityMenu] label > span"],
  ["all_columns", "[data-testid=stDataFrameColumnVisibilityMenu] input", "aria-label"],
  ["column_menu", "[data-testid=stDataFrameColumnMenu] [role=menu]", "aria-label"],
  ["copy_column", "[data-testid=stDataFrameColumnMenu] button", "aria-label"],
  ["copy_column", "[data-testid=stDataFrameColumnMenu] button", "title"],
  ...["ascending", "descending", "statistics", "format", "autosize", "pin", "unpin", "hide"].map((name) => [
    name,
    "[data-testid=stDataFrameColumnMenu] [role=menuitem], [data-testid=stDataFrameColumnMenu] [role=menuitem] *",
  ]),
  ["copy", "[data-testid=stCode] button", "aria-label"],
  ["heading", "[data-testid=stHeaderActionElements] a", "aria-label"],
];

const OURS = "[data-testid^=stBidiComponent]";
const MARKED = '[aria-label*="`"], [aria-label*="*"]';
const RULES = PLACES.map(([name, selector, attribute = "data"]) => ({ name, selector, attribute, english: template(WORDS.en[name]) }));
const ANY = [...RULES.map(({ selector }) => selector), MARKED].join(", ");
const changed = new WeakMap(); // an element or text -> by attribute, what Streamlit has there and what we have said

/** "Remove {name}" as an expression that finds the name. */
function template(words) {
  const parts = words.split(/\{(\w+)\}/);
  const escaped = parts.map((part, index) => (index % 2 ? `(?<${part}>.+)` : part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")));
  return new RegExp(`^${escaped.join("")}$`);
}

/** A label of Markdown as it sounds: `code` and *emphasis* without their marks. */
export function plain(label) {
  return label.replace(/`([^`]*)`/g, "$1").replace(/(\*{1,2})(\S|\S.*?\S)\1/g, "$2");
}

function change(node, attribute, said) {
  const here = attribute === "data" ? node.data : node.getAttribute(attribute);
  const before = changed.get(node)?.[attribute];
  const own = before?.said === here ? before.own : here;
  const words = own === null ? null : said(own);
  if (words === null || words === here) return;
  changed.set(node, { ...changed.get(node), [attribute]: { own, said: words } });
  if (attribute === "data") node.data = words;
  else node.setAttribute(attribute, words);
}

function say(element) {
  const words = WORDS[document.documentElement.lang] ?? WORDS.en;
  if (element.matches(MARKED)) change(element, "aria-label", plain);
  for (const { name, selector, attribute, english } of RULES) {
    if (!element.matches(selector)) continue;
    const said = (own) => {
      const facts = english.exec(plain(own));
      return facts && words[name].replace(/\{(\w+)\}/g, (_, fact) => facts.groups[fact]);
    };
    const nodes = attribute === "data" ? [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE) : [element];
    for (const node of nodes) change(node, attribute, said);
  }
}

function look(root) {
  if (root.closest(OURS)) return;
  for (const element of [root, ...root.querySelectorAll(ANY)]) if (element.matches(ANY)) say(element);
}

function heard(records) {
  for (const { target, addedNodes } of records) {
    const element = target.nodeType === Node.TEXT_NODE ? target.parentElement : target;
    if (element === document.documentElement) look(document.body); // another language, maybe
    else if (element && !element.closest(OURS)) {
      if (element.matches(ANY)) say(element);
      for (const node of addedNodes) if (node.nodeType === Node.ELEMENT_NODE) look(node);
    }
  }
}

look(document.body);
new MutationObserver(heard).observe(document.documentElement, {
  subtree: true,
  childList: true,
  characterData: true,
  attributes: true,
  attributeFilter: ["aria-label", "placeholder", "title", "lang"],
});
