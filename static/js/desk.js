// Keys of the officers' pages: 1 2 3 enlarge a photo, Esc closes it, J next dossier, X B D decide. Everything works without.
(() => {
  "use strict";

  const named = (key) => document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`);

  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.repeat) return;
    if (event.target.closest?.("input:not([type=checkbox]), select, textarea")) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (key === "Escape" && !location.hash.startsWith("#photo-")) return;
    const target = named(key)[0];
    if (!target) return;
    event.preventDefault();
    // A decision is only brought under the finger: it is made with Enter.
    if (target.type === "submit") target.focus();
    else target.click();
  });
})();
