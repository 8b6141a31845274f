// Rapport: the few behaviours that need a script. Every page works without it.
(() => {
  const root = document.documentElement;
  const $ = (s, el = document) => el.querySelector(s);
  const all = (s, el = document) => [...el.querySelectorAll(s)];
  const typing = (el) => el.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
  const shown = (el) => el.checkVisibility?.() ?? true;

  // Live parts: the server says when something happened; where it cannot, the page asks every two seconds. Silent while
  // nobody looks: browsers allow six connections to a host, and hidden windows must not hold them.
  const beat = () => { if (document.visibilityState === "visible" && window.htmx) htmx.trigger(document.body, "tick"); };
  let news = null;
  const listen = () => {
    news?.close();
    news = null;
    if (document.visibilityState !== "visible" || !$("[hx-trigger*='tick']")) return;
    // What came between the reading of the page and the opening of the stream is news as well.
    news = new EventSource(`/live?seen=${document.body.dataset.pulse ?? ""}`);
    news.addEventListener("news", (e) => { document.body.dataset.pulse = e.lastEventId; beat(); });
  };
  setInterval(() => { if (news?.readyState !== EventSource.OPEN) beat(); }, 2000);
  setInterval(beat, 30000);
  document.addEventListener("visibilitychange", listen);
  addEventListener("pagehide", () => news?.close());
  listen();

  // What htmx could not do is said where it was asked for; typed text stays in the page.
  document.addEventListener("htmx:beforeSwap", (e) => {
    const { xhr, target, requestConfig } = e.detail;
    if (xhr.status < 400 || requestConfig?.triggeringEvent?.type === "tick") return;
    const bar = $("#page-error");
    e.detail.target = target?.closest("form")?.querySelector("[data-error]") ?? bar;
    bar.hidden = e.detail.target !== bar;
    e.detail.shouldSwap = true;
    e.detail.isError = false;
  });
  const offline = (is) => { const bar = $("#offline"); if (bar) bar.hidden = !is; };
  addEventListener("offline", () => offline(true));
  addEventListener("online", () => offline(false));
  document.addEventListener("htmx:sendError", () => offline(true));
  document.addEventListener("htmx:afterOnLoad", () => offline(false));

  const last = new Map();
  let places = [];
  document.addEventListener("htmx:beforeSwap", (e) => {
    const { target, serverResponse } = e.detail;
    if (!target?.id || e.detail.requestConfig?.triggeringEvent?.type !== "tick") return;
    if (last.get(target.id) === serverResponse || target.querySelector("details[open]")) e.detail.shouldSwap = false;
    last.set(target.id, serverResponse);
    places = [target, ...target.children].map((el) => [el.scrollTop, el.scrollLeft]);
  });
  document.addEventListener("htmx:afterSwap", (e) => {
    const part = document.getElementById(e.detail.target?.id);
    if (e.detail.requestConfig?.triggeringEvent?.type !== "tick" || !part) return;
    [part, ...part.children].forEach((el, i) => { [el.scrollTop, el.scrollLeft] = places[i] ?? [0, 0]; });
  });

  // A live region speaks when its words change: what stood in it when the page loaded is said by being put in again.
  const happened = $(".toast > span");
  if (happened) {
    const words = happened.textContent;
    happened.textContent = "\u00a0";
    setTimeout(() => { happened.textContent = words; }, 100);
  }

  // A conversation opens at its newest mail, or at the one its address names; on a phone the page itself is what scrolls.
  all("[data-bottom]").filter(shown).forEach((box) => {
    const target = location.hash.startsWith("#message-") && $(location.hash, box);
    if (target) { target.scrollIntoView(); return; }
    box.scrollTop = box.scrollHeight;
    if (!location.hash && getComputedStyle(box).overflowY === "visible") $(":scope > .thread > li:last-child", box)?.scrollIntoView();
  });

  // A guess at the zone, for the first account.
  const zone = $("select[data-zone=guess]");
  const guess = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone && all("option", zone).some((o) => o.value === guess)) zone.value = guess;

  // "Copy" puts a text on the clipboard; where a browser forbids that, the text is selected for Ctrl+C.
  document.addEventListener("click", async (e) => {
    const button = e.target.closest("[data-copy]");
    const box = button && document.getElementById(button.dataset.copy);
    if (!box) return;
    const say = (words) => { $("[data-copied]", button.parentElement).textContent = words; };
    try { await navigator.clipboard.writeText(box.value); say("Copied."); }
    catch { box.select(); say("Press Ctrl+C to copy."); }
  });

  // Menus close when the person turns elsewhere.
  document.addEventListener("click", (e) => {
    all("details.menu[open]").forEach((menu) => { if (!menu.contains(e.target)) menu.open = false; });
  });
  // What opens is entered at its first field: by its key at once, so that the next key is not lost.
  const enter = (box) => {
    const inside = box.contains(document.activeElement) && !document.activeElement.matches("summary");
    if (!inside && !$("[autofocus]", box)) $("input:not([type=hidden]), textarea, select, .menu-list button", box)?.focus();
  };
  document.addEventListener("toggle", (e) => { if (e.target.matches?.("details[open]")) enter(e.target); }, true);

  // A double click sends once. A download leaves the page where it is, and its form ready for the next press.
  document.addEventListener("submit", (e) => {
    if (e.submitter?.matches("[data-download]")) return;
    if (e.target.dataset.busy) { e.preventDefault(); return; }
    e.target.dataset.busy = "1";
    e.submitter?.setAttribute("aria-busy", "true");
  });
  addEventListener("pageshow", () => all("form[data-busy]").forEach((f) => {
    delete f.dataset.busy;
    all("[aria-busy]", f).forEach((b) => b.removeAttribute("aria-busy"));
  }));

  // Command palette: a native dialog, so focus is trapped and given back.
  const palette = $("#palette");
  const options = () => all("[role=option]", palette).filter(shown);
  const choose = (option) => {
    all("[role=option]", palette).forEach((o) => o.setAttribute("aria-selected", String(o === option)));
    $("input", palette).setAttribute("aria-activedescendant", option?.id ?? "");
    palette.dispatchEvent(new CustomEvent("choose", { detail: option }));
    option?.scrollIntoView({ block: "nearest" });
  };
  // What this page can do: its own controls that have a key, by their words.
  const named = (el) => (el.getAttribute("aria-label") ?? [...el.childNodes].filter((n) => !n.matches?.("kbd, svg")).map((n) => n.textContent).join(" ")).trim();
  const commands = () => all("[data-key]").filter((el) => shown(el) && named(el));
  const offer = () => {
    const group = $("#palette-do");
    all("[role=option]", group).forEach((o) => o.remove());
    commands().forEach((control, i) => {
      const option = document.createElement("div");
      Object.assign(option, { id: `pd-${i}`, role: "option", textContent: named(control) });
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dataset.words = named(control).toLowerCase();
      const key = document.createElement("kbd");
      Object.assign(key, { textContent: control.dataset.key, className: "end" });
      option.append(key);
      option.addEventListener("click", () => { palette.close(); act(control); });
      group.append(option);
    });
    group.hidden = !$("[role=option]", group);
  };
  const act = (control) => {
    if (!control.matches("textarea, input, select")) {
      control.click();
      if (control.matches("details[open] > summary")) enter(control.parentElement);
      return;
    }
    control.focus();
    // Kept words are gone on with, not written in front of.
    if (control.matches("textarea") && !control.selectionEnd) control.setSelectionRange(control.value.length, control.value.length);
  };
  const shortcuts = $("#shortcuts");
  const explain = () => {
    const here = $("#shortcuts-here"), list = $("dl", here);
    list.replaceChildren(...commands().map((control) => {
      const row = document.createElement("div"), key = document.createElement("dt"), words = document.createElement("dd"), kbd = document.createElement("kbd");
      row.className = "row"; words.className = "grow";
      kbd.textContent = control.dataset.key; words.textContent = named(control);
      key.append(kbd); row.append(key, words);
      return row;
    }));
    here.hidden = !list.children.length;
    shortcuts.showModal();
  };
  const open = () => { offer(); palette.showModal(); $("input", palette).select(); choose(options()[0]); };
  if (palette) {
    all("a[data-palette]").forEach((b) => b.addEventListener("click", (e) => { e.preventDefault(); open(); }));
    palette.addEventListener("click", (e) => { if (e.target === palette) palette.close(); });
    palette.addEventListener("input", (e) => {
      const words = e.target.value.toLowerCase();
      all("[data-words]", palette).forEach((o) => { o.hidden = !o.dataset.words.includes(words); });
      all("[role=group]:has([data-words])", palette).forEach((g) => { g.hidden = !$("[data-words]:not([hidden])", g); });
      choose(options()[0]);
    });
    palette.addEventListener("htmx:afterSwap", () => choose(options()[0]));
    palette.addEventListener("choice", (e) => choose(e.target));
    // Enter that comes before the answer waits for it, so that a name and Enter typed in one go arrive.
    let answered = "", waits = false;
    const asked = () => $("input", palette).value;
    palette.addEventListener("input", () => { waits = false; });
    palette.addEventListener("htmx:afterRequest", (e) => {
      answered = e.detail.successful ? e.detail.requestConfig.parameters.q : asked();
      if (waits && answered === asked()) options()[0]?.click();
      waits &&= answered !== asked();
    });
    palette.addEventListener("keydown", (e) => {
      const found = options();
      const at = found.findIndex((o) => o.getAttribute("aria-selected") === "true");
      if (e.key === "Enter") {
        e.preventDefault();
        waits = asked() !== answered;
        if (!waits) found[at]?.click();
      }
      if (e.key !== "ArrowDown" && e.key !== "ArrowUp") return;
      e.preventDefault();
      choose(found[(at + (e.key === "ArrowDown" ? 1 : -1) + found.length) % found.length]);
    });
  }

  // "f" keeps the selected words as feedback.
  const quote = () => {
    const picked = getSelection();
    const inside = picked.anchorNode?.parentElement?.closest("[data-quotable]");
    const box = $("[data-feedback] textarea[name=quote]");
    if (box && inside && !picked.isCollapsed) box.value = picked.toString().trim();
  };

  // Letter keys: off while typing, and off for good when the person says so in settings.
  const go = {
    t: "/today", i: "/inbox?turn=you", v: "/review", c: "/contacts", p: "/pipeline", s: "/sequences", e: "/templates",
    f: "/feedback", r: "/reports/outreach",
  };
  let g = 0;
  // A list or a page may have its own use for a letter: it takes the event (rows.js, contacts.js, pipeline.js).
  const taken = (key) => !document.dispatchEvent(new CustomEvent("letter", { detail: key, cancelable: true }));
  const press = (key) => {
    const found = all(`[data-key="${CSS.escape(key)}"]`), control = found.find(shown) ?? found.find((el) => el.matches("a"));
    if (!control) return false;
    if (key === "f") quote();
    act(control);
    return true;
  };
  document.addEventListener("keydown", (e) => {
    if ((e.metaKey || e.ctrlKey) && e.key.toLowerCase() === "k" && palette) { e.preventDefault(); open(); return; }
    if ((e.metaKey || e.ctrlKey) && e.key === "Enter") { e.target.form?.requestSubmit($("[data-send]", e.target.form) ?? undefined); return; }
    if (e.key === "Escape") all("details.menu[open]").forEach((menu) => { menu.open = false; $("summary", menu).focus(); });
    if (root.dataset.keys === "off" || typing(e.target) || e.metaKey || e.ctrlKey || e.altKey || palette?.open || shortcuts?.open) return;
    if (Date.now() - g < 1200 && go[e.key]) { location.href = go[e.key]; return; }
    if (e.key === "/" && palette) { e.preventDefault(); open(); }
    else if (e.key === "?" && shortcuts) { e.preventDefault(); explain(); }
    else if (e.key === "g") g = Date.now();
    else if (taken(e.key) || press(e.key)) e.preventDefault();
  });
})();
