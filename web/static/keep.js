// Typed text survives: every long text of a form is kept in this tab until the page after it says that it arrived.
(() => {
  const all = (s, el = document) => [...el.querySelectorAll(s)];
  const PREFIX = "keep:";
  const read = (key) => { try { return JSON.parse(sessionStorage.getItem(key)); } catch { return null; } };
  const write = (key, kept) => sessionStorage.setItem(key, JSON.stringify(kept));
  const keys = () => Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX));
  const boxes = (el = document) => all("textarea[name]", el).filter((box) => box.form?.method === "post" && !box.readOnly);
  const keyOf = (box) => PREFIX + (box.dataset.keep ?? [new URL(box.form.action).pathname, box.name, box.id].join(" "));

  // What was sent is let go only where the next page tells what became of it; anything else, such as signing in, keeps it.
  const arrived = Boolean(document.querySelector(".toast"));
  for (const key of keys()) {
    const kept = read(key);
    if (!kept || (kept.sent && arrived)) sessionStorage.removeItem(key);
    else if (kept.sent) write(key, { ...kept, sent: false });
  }

  const words = document.getElementById("kept-words");
  const tell = (box, kept, theirs) => {
    const note = words.content.firstElementChild.cloneNode(true);
    const time = new Date(kept.at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
    const says = note.querySelector("[data-says]");
    says.textContent = says.dataset.says.replace("{time}", time);
    note.querySelector("button").addEventListener("click", () => {
      box.value = theirs;
      sessionStorage.removeItem(keyOf(box));
      note.remove();
      box.focus();
    });
    box.after(note);
  };
  const restore = (box) => {
    const kept = read(keyOf(box));
    if (!kept?.text || kept.text === box.value || (box.value && !words)) return;
    const theirs = box.value;
    box.value = kept.text;
    if (words) tell(box, kept, theirs);
  };
  const start = (el) => boxes(el).forEach((box) => {
    if (box.dataset.kept) return;
    box.dataset.kept = "1";
    restore(box);
  });
  start();
  document.addEventListener("htmx:afterSwap", (e) => start(e.detail.target));

  document.addEventListener("input", (e) => {
    if (e.target.dataset.kept && e.target.form) write(keyOf(e.target), { text: e.target.value, at: Date.now() });
  });
  const ofForm = (form) => [...form.elements].filter((box) => box.dataset.kept).map(keyOf);
  document.addEventListener("submit", (e) => {
    if (e.defaultPrevented) return;
    ofForm(e.target).forEach((key) => { const kept = read(key); if (kept) write(key, { ...kept, sent: true }); });
  });
  document.addEventListener("htmx:afterRequest", (e) => {
    const form = e.detail.elt?.closest?.("form");
    if (form?.method === "post" && e.detail.successful) ofForm(form).forEach((key) => sessionStorage.removeItem(key));
  });
})();
