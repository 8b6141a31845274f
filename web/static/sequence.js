// A click on a merge field puts it where the cursor was. Without this script the names can be copied.
(() => {
  let last = document.getElementById("w-body");
  document.addEventListener("focusin", (event) => {
    if (event.target.matches("#w-subject, #w-body")) last = event.target;
  });
  for (const code of document.querySelectorAll("[data-insert]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn quiet sm mono";
    button.textContent = code.textContent;
    button.addEventListener("click", () => {
      if (!last) return;
      last.setRangeText(button.textContent, last.selectionStart, last.selectionEnd, "end");
      last.dispatchEvent(new Event("input", { bubbles: true }));
      last.focus();
    });
    code.replaceWith(button);
  }
  // A chip of a field marks the next place where the text names it; without this script it leads to the text.
  const place = (field, name) => {
    const spot = field ? field.value.search(new RegExp(`\\{[{%][^}]*\\b${name.replaceAll(".", "\\.")}\\b`)) : -1;
    return spot < 0 ? null : { field, spot };
  };
  document.addEventListener("click", (event) => {
    const chip = event.target.closest("[data-find]");
    const found = chip && ["w-body", "w-subject"].map((id) => place(document.getElementById(id), chip.dataset.find)).find(Boolean);
    if (!found) return;
    event.preventDefault();
    const mark = () => {
      found.field.focus();
      found.field.setSelectionRange(found.spot, found.field.value.indexOf("}", found.spot) + 2);
    };
    const fold = found.field.closest("details");
    if (fold.open) return mark();
    // What is opened gives its first field the focus by itself: the place is marked after that.
    fold.addEventListener("toggle", mark, { once: true });
    fold.open = true;
  });
})();
