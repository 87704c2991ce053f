// Whether the page has its server. Streamlit looks for a lost one by itself; the one that it finds may be another, which
// knows no part of this page until its whole script has run: it would leave every flag unanswered.

export default function ({ data: bytes, parentElement, setTriggerValue }) {
  const { lost } = JSON.parse(new TextDecoder().decode(bytes));
  const app = document.querySelector("[data-testid=stApp]");
  const node = parentElement.querySelector(".lens-connection");
  let stage = "here";
  const look = () => {
    const running = app.dataset.testScriptState === "running";
    if (app.dataset.testConnectionState !== "CONNECTED") stage = "lost";
    else if (stage === "lost") {
      stage = "found";
      setTriggerValue("found", true);
    } else if (stage === "found" && running) stage = "runs";
    else if (stage === "runs" && !running) stage = "here";
    node.textContent = stage === "here" ? "" : lost;
  };
  node.textContent = "";
  const observer = new MutationObserver(look);
  observer.observe(app, {
    attributeFilter: ["data-test-connection-state", "data-test-script-state"],
  });
  return () => observer.disconnect();
}
