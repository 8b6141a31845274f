// The demo: in the first answer one sentence is selected already, so that "f" keeps it.
(() => {
  const walk = (box, sentence) => {
    const texts = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      const at = node.data.replaceAll("\n", " ").indexOf(sentence);
      if (at >= 0) return [node, at];
    }
    return null;
  };
  let untouched = true;
  const select = () => {
    const sentence = document.querySelector("#story[data-sentence]")?.dataset.sentence;
    if (!sentence || !untouched || !getSelection().isCollapsed) return;
    for (const box of document.querySelectorAll("[data-quotable]")) {
      const found = walk(box, sentence);
      if (!found) continue;
      getSelection().setBaseAndExtent(found[0], found[1], found[0], found[1] + sentence.length);
      box.scrollIntoView({ block: "nearest" });
      return;
    }
  };
  ["pointerdown", "keyup"].forEach((kind) => addEventListener(kind, () => { untouched = false; }, { once: true }));
  document.addEventListener("htmx:afterSettle", select);
  select();
})();
