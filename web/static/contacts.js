// Contacts: choosing people. Ticks work without this; a script adds ranges, "all on this page" and "everybody".
(() => {
  // A form names every field; the address says only what is asked.
  const here = document.querySelector("[data-here]")?.dataset.here;
  if (here && /_(from|to)=|[?&]\w+=(&|$)/.test(location.search)) history.replaceState(null, "", here);
})();
(() => {
  const form = document.querySelector("[data-picking]");
  if (!form) return;
  const boxes = [...form.querySelectorAll("input.pick")];
  const whole = form.querySelector("[data-pick-all]"), count = form.querySelector("[data-picked]");
  const all = form.querySelector("[data-all]"), everybody = form.querySelector("[data-everybody]");
  const off = () => document.documentElement.dataset.keys === "off";
  const typing = (el) => el.closest("input:not([type=checkbox]), textarea, select, [contenteditable], dialog");
  // Who is ticked on other pages goes along in the form; the address says so too, and forgets it once nobody is.
  let elsewhere = form.querySelector("[data-elsewhere]");
  let last = -1, taken = false;

  const show = () => {
    const ticked = boxes.filter((b) => b.checked).length;
    boxes.forEach((b) => b.closest("tr").toggleAttribute("aria-selected", b.checked));
    boxes.forEach((b) => { if (b.checked) b.closest("tr").setAttribute("aria-selected", "true"); });
    whole.checked = ticked === boxes.length;
    whole.classList.toggle("mixed", ticked > 0 && ticked < boxes.length);
    const others = taken ? 0 : Number(elsewhere?.dataset.elsewhere ?? 0);
    const n = taken ? Number(everybody.dataset.total) : ticked + others;
    const say = (number) => number.toLocaleString(document.documentElement.lang);
    count.textContent = (others ? count.dataset.wordsMore : count.dataset.words).replace("{n}", say(n)).replace("{here}", say(ticked));
    all.value = taken ? "1" : "";
    if (everybody) everybody.hidden = taken;
  };
  const tick = (box, on) => { box.checked = on; taken = false; };

  form.addEventListener("click", (e) => {
    const box = e.target.closest("input.pick");
    if (box) {
      const at = boxes.indexOf(box);
      if (e.shiftKey && last >= 0) boxes.slice(Math.min(at, last), Math.max(at, last) + 1).forEach((b) => tick(b, box.checked));
      last = at;
      taken = false;
      show();
    } else if (e.target.closest("[data-pick-all]")) {
      boxes.forEach((b) => tick(b, whole.checked));
      show();
    } else if (everybody && e.target.closest("[data-everybody]")) {
      e.preventDefault();
      boxes.forEach((b) => { b.checked = true; });
      taken = true;
      show();
      document.getElementById("announce").textContent = count.textContent;
    } else if (e.target.closest("[data-clear]")) {
      e.preventDefault();
      clear();
    }
  });
  const clear = () => {
    boxes.forEach((b) => tick(b, false));
    elsewhere?.remove();
    elsewhere = null;
    form.classList.remove("more");
    const here = new URL(location);
    here.searchParams.delete("picked");
    history.replaceState(null, "", here);
    show();
  };

  // x ticks the row the cursor is on; Shift j and k tick on the way; Escape clears.
  const rows = boxes.map((b) => b.closest("tr"));
  const here = () => rows.findIndex((r) => r.classList.contains("at") || r.contains(document.activeElement));
  document.addEventListener("keydown", (e) => {
    if (typing(e.target) || e.metaKey || e.ctrlKey || e.altKey) return;
    if (e.key === "Escape" && (elsewhere || boxes.some((b) => b.checked))) { clear(); return; }
    if (off()) return;
    const at = here();
    if (e.key === "x" && at >= 0) { tick(boxes[at], !boxes[at].checked); last = at; show(); }
    else if ((e.key === "J" || e.key === "K") && e.shiftKey) {
      e.preventDefault();
      const to = Math.max(0, Math.min(rows.length - 1, at < 0 ? 0 : at + (e.key === "J" ? 1 : -1)));
      if (at >= 0) tick(boxes[at], true);
      tick(boxes[to], true);
      rows.forEach((r, i) => r.classList.toggle("at", i === to));
      rows[to].querySelector("a").focus();
      last = to;
      show();
    }
  });
  // s, l and o take the row at the cursor while nobody is ticked: the bar it brings answers to the key.
  document.addEventListener("letter", (e) => {
    const at = here(), control = "slo".includes(e.detail) && form.querySelector(`[data-key="${e.detail}"]`);
    if (control && at >= 0 && !boxes.some((b) => b.checked)) { tick(boxes[at], true); show(); }
  });
  // Another order of the list keeps who is ticked.
  form.querySelector("thead").addEventListener("click", (e) => {
    const link = e.target.closest("a[href]");
    if (!link || taken) return;
    const to = new URL(link.href), ids = [elsewhere?.value, ...boxes.filter((b) => b.checked).map((b) => b.value)].filter(Boolean);
    if (ids.length) to.searchParams.set("picked", ids.join(",")); else to.searchParams.delete("picked");
    link.href = to;
  });
  addEventListener("pageshow", show);
  show();
})();
