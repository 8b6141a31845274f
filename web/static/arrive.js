// An address may name what to open on the page it leads to: "/contacts/412#do-n" arrives with the next action unfolded.
// It only opens or focuses; nothing is sent.
(() => {
  const arrive = () => {
    const part = location.hash.startsWith("#do-") && document.getElementById(location.hash.slice(1));
    if (!part) return;
    history.replaceState(history.state, "", location.pathname + location.search);
    if (part.matches("a[href]")) part.click();
    else if (part.matches("details")) part.open = true;
    else { part.scrollIntoView({ block: "center" }); part.focus(); }
  };
  addEventListener("hashchange", arrive);
  // Until the page has loaded, the browser goes to the part that is named by itself, and takes the focus from what it held.
  if (document.readyState === "complete") arrive();
  else addEventListener("load", () => requestAnimationFrame(arrive), { once: true });
})();
