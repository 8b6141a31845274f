// Lists: j and k walk the rows, Enter opens the one at the cursor, and a letter presses what the row keeps for it
// ([data-row-key]). What opens a row is its [data-open], or else its first link or fold: never a box, never a form.
(() => {
  const all = (s, el = document) => [...el.querySelectorAll(s)];
  const shown = (el) => el.checkVisibility?.() ?? true;
  const rows = () => all("[data-rows] > :is(li, tr, .task-row):not(.w, .note-acts)").filter(shown);
  const opener = (row) => row.querySelector("[data-open]") ?? all("a[href], summary", row).find(shown);
  const at = (list) => list.find((row) => row.contains(document.activeElement)) ?? list.find((row) => row.classList.contains("at"));
  const mark = (list, row) => list.forEach((one) => one.classList.toggle("at", one === row));
  const walk = (step) => {
    const list = rows();
    if (!list.length) return false;
    const from = list.indexOf(at(list) ?? list.find((row) => row.querySelector("[aria-current]")));
    const row = list[Math.max(0, Math.min(list.length - 1, from + (from < 0 ? 1 : step)))];
    const target = opener(row) ?? row;
    mark(list, row);
    if (target === row) row.tabIndex = -1;
    target.focus();
    return true;
  };
  const press = (key) => {
    const control = at(rows())?.querySelector(`[data-row-key="${CSS.escape(key)}"]`);
    control?.click();
    return Boolean(control);
  };
  document.addEventListener("letter", (e) => {
    const key = e.detail, step = { j: 1, k: -1 }[key];
    const other = step && all(`[data-key="${key}"]`).some(shown);
    if (!other && (step ? walk(step) : press(key))) e.preventDefault();
  });
  // Where the page has the focus, not a control, Enter belongs to the row that is marked.
  document.addEventListener("keydown", (e) => {
    const row = e.key === "Enter" && e.target === document.body && rows().find((one) => one.classList.contains("at"));
    if (row) opener(row)?.click();
  });
  // A list that refreshed keeps its cursor: the focus comes back by the id of the link.
  document.addEventListener("htmx:afterSettle", () => {
    const list = rows(), row = list.find((one) => one.contains(document.activeElement));
    if (row) mark(list, row);
  });
})();
