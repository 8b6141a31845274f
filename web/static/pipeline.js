// The board: moving a card by drag and by keys. Both press the card's own Stage menu, which works without this.
(() => {
  const board = document.querySelector("[data-board]");
  if (!board) return;
  const lanes = [...board.querySelectorAll("[data-lane]")];
  const off = () => document.documentElement.dataset.keys === "off";
  const typing = (el) => el.closest("input, textarea, select, [contenteditable], dialog");
  const say = (words) => { document.getElementById("announce").textContent = words; };

  const move = (card, lane) => {
    const button = lane && card.querySelector(`[data-move] button[value="${CSS.escape(lane.dataset.lane)}"]`);
    if (!button || button.disabled) return;
    sessionStorage.setItem("board-at", JSON.stringify([card.dataset.card, board.scrollLeft]));
    button.form.requestSubmit(button);
  };

  let held = null;
  const drop = document.createElement("li");
  drop.className = "drop";
  const let_go = () => { held?.classList.remove("drag"); drop.remove(); held = null; };
  board.addEventListener("dragstart", (e) => {
    const card = e.target.closest?.("[data-card][draggable]");
    if (!card) return;
    held = card;
    card.classList.add("drag");
    e.dataTransfer.effectAllowed = "move";
    e.dataTransfer.setData("text/plain", card.querySelector(".nm").textContent);
  });
  board.addEventListener("dragover", (e) => {
    const lane = held && e.target.closest("[data-lane]");
    if (!lane) return;
    e.preventDefault();
    if (lane.contains(held)) { drop.remove(); return; }
    if (!lane.contains(drop)) { drop.textContent = lane.dataset.drop; lane.querySelector("ul").prepend(drop); }
  });
  board.addEventListener("drop", (e) => {
    const lane = e.target.closest("[data-lane]"), card = held;
    e.preventDefault();
    let_go();
    if (card && lane && !lane.contains(card)) move(card, lane);
  });
  board.addEventListener("dragend", let_go);

  // [ and ] move the card the cursor is on; s opens its menu; j and k walk the cards of a lane.
  const cards = () => [...board.querySelectorAll("[data-card]")];
  const current = () => cards().find((c) => c.contains(document.activeElement)) ?? board.querySelector(".pcard.at");
  const focus = (card) => {
    cards().forEach((c) => c.classList.toggle("at", c === card));
    card.querySelector(".nm").focus();
    card.scrollIntoView({ block: "nearest", inline: "nearest" });
  };
  document.addEventListener("keydown", (e) => {
    if (off() || typing(e.target) || e.metaKey || e.ctrlKey || e.altKey) return;
    const list = cards(), card = current();
    if (e.key === "j" || e.key === "k") {
      const to = list[Math.max(0, Math.min(list.length - 1, list.indexOf(card) + (e.key === "j" ? 1 : -1)))];
      if (to) focus(to);
    } else if (card && (e.key === "[" || e.key === "]")) {
      e.preventDefault();
      move(card, lanes[lanes.findIndex((l) => l.contains(card)) + (e.key === "]" ? 1 : -1)]);
    } else if (card && e.key === "s") {
      e.preventDefault();
      const menu = card.querySelector(".stage-menu");
      if (menu) { menu.open = true; menu.querySelector("button:not([disabled])")?.focus(); }
    }
  });

  // After a move the page comes back where it was, on the card, and says what happened.
  const kept = JSON.parse(sessionStorage.getItem("board-at") ?? "null");
  sessionStorage.removeItem("board-at");
  if (kept) {
    board.scrollLeft = kept[1];
    const card = cards().find((c) => c.dataset.card === kept[0]);
    if (card) focus(card);
    const said = document.querySelector(".toast > span");
    if (said) setTimeout(() => say(said.textContent), 100);
  }
})();
