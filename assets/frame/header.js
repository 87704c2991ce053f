// The page's head: brand, Keras badge, copy link, take away, language, notices. All text arrives as data and is set as text.

const MARKS = { agrees: "✓", disagrees: "✗", unavailable: "!", waiting: "…" };

function showBadge(root, badge) {
  const node = root.querySelector(".lens-badge");
  node.dataset.state = badge.state;
  node.querySelector(".lens-badge-mark").textContent = MARKS[badge.state];
  node.querySelector(".lens-badge-text").textContent = badge.text;
  node.querySelector(".lens-badge-detail").textContent = badge.detail;
}

function showIcon(svg) {
  const link = document.querySelector("link[rel~='icon']") ?? document.head.appendChild(document.createElement("link"));
  link.rel = "icon";
  link.href = `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

function showNotices(root, notices) {
  const lines = notices.map(({ kind, text }) => {
    const line = document.createElement("p");
    line.className = `lens-notice lens-notice-${kind}`;
    line.textContent = text;
    return line;
  });
  root.querySelector(".lens-notices").replaceChildren(...lines);
}

/** The playground's link and the menu of the lessons. */
function showPages(root, { label, menu, playground, lessons }, go) {
  const nav = root.querySelector(".lens-pages");
  const list = nav.querySelector("details");
  nav.setAttribute("aria-label", label);
  nav.querySelector(":scope > a")?.remove();
  nav.prepend(pageLink(playground, go));
  list.querySelector("summary").textContent = menu;
  list.querySelector("ol").replaceChildren(...lessons.map((lesson) => {
    const item = document.createElement("li");
    item.append(pageLink(lesson, go));
    return item;
  }));
  list.onkeydown = (event) => {
    if (event.key !== "Escape") return;
    list.open = false;
    list.querySelector("summary").focus();
  };
  list.onfocusout = ({ relatedTarget }) => {
    if (!list.contains(relatedTarget)) list.open = false;
  };
}

export default function ({ data: bytes, parentElement, setTriggerValue }) {
  const data = JSON.parse(new TextDecoder().decode(bytes));
  showIcon(data.icon);
  document.documentElement.lang = data.language;
  document.documentElement.style.colorScheme = getComputedStyle(document.querySelector(".stApp")).colorScheme; // dialogs too
  parentElement.querySelector(".lens-tagline").textContent = data.tagline;
  parentElement.querySelector(".lens-languages").setAttribute("aria-label", data.languageLabel);
  showPages(parentElement, data.pages, (name) => setTriggerValue("page", name));
  showBadge(parentElement, data.badge);
  showNotices(parentElement, data.notices);
  copyOnClick(parentElement.querySelector(".lens-copy"), data, () => window.location.href);
  const take = parentElement.querySelector(".lens-take");
  take.textContent = data.take;
  take.onclick = () => setTriggerValue("take", window.location.href);
  projectOnClick(parentElement.querySelector(".lens-project"), data);
  for (const button of parentElement.querySelectorAll("[data-language]")) {
    const { language } = button.dataset;
    button.setAttribute("aria-pressed", String(language === data.language));
    button.onclick = () => setTriggerValue("language", language);
  }
}
