// The palette: what can be done with the person that is chosen, and who was looked at last in this tab.
(() => {
  const palette = document.getElementById("palette");
  // Nobody is signed in: the next one does not see whom the last one looked at.
  if (!palette) { sessionStorage.removeItem("recent"); return; }
  const input = palette.querySelector("input"), group = document.getElementById("palette-recent");
  const read = () => JSON.parse(sessionStorage.getItem("recent") ?? "[]");
  const person = document.querySelector("[data-recent]");
  if (person) {
    const here = { name: person.dataset.recent, href: person.dataset.place };
    sessionStorage.setItem("recent", JSON.stringify([here, ...read().filter((one) => one.href !== here.href)].slice(0, 6)));
  }
  read().filter((one) => one.href !== person?.dataset.place).slice(0, 5).forEach((one, i) => {
    const option = document.createElement("a");
    Object.assign(option, { id: `pr-${i}`, href: one.href, tabIndex: -1, textContent: one.name, dir: "auto" });
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    group.append(option);
  });
  const offer = () => { group.hidden = input.value !== "" || !group.querySelector("[role=option]"); };
  input.addEventListener("input", offer);
  offer();

  // Tab goes from a person to what can be done with them; the arrows go on to the next person.
  const about = () => [...palette.querySelectorAll("[data-about]")];
  palette.addEventListener("choose", (e) => {
    about().forEach((one) => { one.hidden = one.dataset.about !== e.detail?.id && !one.contains(e.detail); });
  });
  palette.addEventListener("keydown", (e) => {
    const chosen = palette.querySelector("[role=option][aria-selected=true]");
    const first = about().find((one) => one.dataset.about === chosen?.id)?.querySelector("[role=option]");
    if (e.key !== "Tab" || e.shiftKey || !first) return;
    e.preventDefault();
    first.dispatchEvent(new Event("choice", { bubbles: true }));
  });
  addEventListener("hashchange", () => palette.close());
})();
