// Inbox: what is typed is kept every two seconds; texts and fields go in where the cursor stands.
(() => {
  const form = document.querySelector("form[data-compose]");
  if (!form) return;
  const box = form.querySelector("textarea[name=text]");
  const says = form.querySelector("[data-draft-says]");
  let changed = false, sending = false, busy = false;

  const keep = async (last = false) => {
    if (!changed || sending || busy) return;
    busy = true;
    changed = false;
    const data = new FormData(form);
    data.delete("files");
    data.set("auto", "1");
    try {
      const answer = await fetch(form.dataset.compose, { method: "POST", body: data, keepalive: last });
      if (!answer.ok) throw new Error(String(answer.status));
      if (!changed) says.textContent = says.dataset.kept;
    } catch {
      changed = true;
      says.textContent = says.dataset.lost;
    }
    busy = false;
  };
  form.addEventListener("input", (e) => {
    if (e.target.type === "file") return;
    changed = true;
    says.textContent = "";
  });
  setInterval(keep, 2000);
  addEventListener("pagehide", () => keep(true));
  form.addEventListener("submit", () => { sending = true; });
  addEventListener("pageshow", () => { sending = false; });

  const insert = (text) => {
    box.focus();
    box.setRangeText(text, box.selectionStart, box.selectionEnd, "end");
    box.dispatchEvent(new Event("input", { bubbles: true }));
  };
  form.addEventListener("click", async (e) => {
    const button = e.target.closest("[data-insert], [data-insert-from]");
    if (!button) return;
    e.preventDefault();
    button.closest("details").open = false;
    if (button.dataset.insert !== undefined) { insert(button.dataset.insert); return; }
    const answer = await fetch(button.dataset.insertFrom, { headers: { Accept: "application/json" } });
    if (!answer.ok) { form.requestSubmit(button); return; }
    const text = await answer.json();
    form.elements.text_id.value = text.id;
    if (form.elements.subject && !form.elements.subject.value) form.elements.subject.value = text.subject;
    insert(text.body);
  });

  // ";" at the start of a word opens the texts, "{" the fields; Escape goes back to the words.
  const menus = { ";": "texts", "{": "fields" };
  box.addEventListener("keydown", (e) => {
    const menu = menus[e.key] && form.querySelector(`[data-menu=${menus[e.key]}]`);
    const before = box.value.slice(0, box.selectionStart);
    if (!menu || document.documentElement.dataset.keys === "off" || !menu.querySelector("button") || (before && !/\s$/.test(before))) return;
    e.preventDefault();
    menu.open = true;
    menu.querySelector("button").focus();
  });
  form.addEventListener("keydown", (e) => {
    const menu = e.target.closest("[data-menu][open]");
    if (!menu || e.target.tagName === "SUMMARY") return;
    const buttons = [...menu.querySelectorAll("button")], at = buttons.indexOf(e.target);
    if (e.key === "ArrowDown" || e.key === "ArrowUp") {
      e.preventDefault();
      buttons[(at + (e.key === "ArrowDown" ? 1 : -1) + buttons.length) % buttons.length]?.focus();
    } else if (e.key === "Escape") { e.preventDefault(); e.stopPropagation(); menu.open = false; box.focus(); }
  });
})();
