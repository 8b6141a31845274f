// The board: moving a card by drag and by keys. Both press the card's own Stage menu, which works without this.
(() => {
  const board = document.querySelector("[data-board]");
  if (!board) return;
  const lanes = [...board.querySelectorAll("[data-lane]")];

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
  // r, n, t, l and o lead to where that is done; e closes the conversation that waits.
  const lead = (card, key) => {
    const person = card.querySelector(".nm").href, thread = card.dataset.thread;
    if (key === "e") card.querySelector("[data-done]")?.click();
    else location.href = key !== "r" ? `${person}#do-${key}` : thread ? `/inbox/${thread}#do-r` : `/contacts/${card.dataset.card}/mail`;
  };
  const use = (key) => {
    const list = cards(), card = current();
    if (key === "j" || key === "k") {
      const to = list[Math.max(0, Math.min(list.length - 1, list.indexOf(card) + (key === "j" ? 1 : -1)))];
      if (to) focus(to);
    } else if (!card) {
      return false;
    } else if (key === "[" || key === "]") {
      move(card, lanes[lanes.findIndex((l) => l.contains(card)) + (key === "]" ? 1 : -1)]);
    } else if (key === "s") {
      const menu = card.querySelector(".stage-menu");
      if (menu) { menu.open = true; menu.querySelector("button:not([disabled])")?.focus(); }
    } else if ("rntelo".includes(key)) {
      lead(card, key);
    } else {
      return false;
    }
    return true;
  };
  document.addEventListener("letter", (e) => { if (use(e.detail)) e.preventDefault(); });

  // After a move the page comes back where it was, on the card.
  const kept = JSON.parse(sessionStorage.getItem("board-at") ?? "null");
  sessionStorage.removeItem("board-at");
  if (kept) {
    board.scrollLeft = kept[1];
    const card = cards().find((c) => c.dataset.card === kept[0]);
    if (card) focus(card);
  }
})();
