// Templates: characters of a direct message, counted while typing.
(() => {
  const box = document.querySelector("[data-count]");
  box?.addEventListener("input", () => {
    for (const row of document.querySelectorAll("[data-limit]")) {
      row.querySelector("[data-count-of]").textContent = box.value.length;
      row.classList.toggle("bad", box.value.length > Number(row.dataset.limit));
    }
  });
})();
