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
})();
