// All that the page's scripts know of Streamlit's DOM; what its styles know of it is in streamlit.css. Nothing else in
// assets/ names one of its elements, and a browser test goes to each place that is named here.

export const SELECTORS = {
  app: "[data-testid=stApp]",
  component: "[data-testid^=stBidiComponent]",
  exception: "[data-testid=stException]",
  main: ".stMain",
  sidebarClose: "[data-testid=stSidebarCollapseButton] button",
};

/** @returns {HTMLElement} Streamlit's root: two of its attributes say whether the script runs, and whether a server is there. */
export const app = () => document.querySelector(SELECTORS.app);

const scriptState = () => app()?.getAttribute("data-test-script-state");

export const scriptRuns = () => scriptState() === "running";

export const scriptRests = () => scriptState() === "notRunning";

export const isConnected = () => app().getAttribute("data-test-connection-state") === "CONNECTED";

/** Call `look` whenever the script or the connection changes; returns what ends it. */
export function watchServer(look) {
  const observer = new MutationObserver(look);
  observer.observe(app(), { attributeFilter: ["data-test-connection-state", "data-test-script-state"] });
  return () => observer.disconnect();
}

/** Whether the page tells of an error in its script. */
export const hasFailed = () => document.querySelector(SELECTORS.exception) !== null;

export const scrollToTop = () => {
  document.querySelector(SELECTORS.main).scrollTop = 0;
};

export function closeSidebar() {
  /** @type {HTMLButtonElement} */
  const button = document.querySelector(SELECTORS.sidebarClose);
  button?.click();
}

/** Where each of Streamlit's own words of `[streamlit]` in assets/text is: as text, or in an attribute. */
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
