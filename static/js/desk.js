// Keys of the officers' pages: 1 2 3 enlarge a photo, R turns it, + and - zoom, Esc closes it or releases the dossier,
// N takes it, J next dossier, C ticks that the applicant was here, X B D decide, / searches. Esc leaves a field.
// Everything but turning and zooming works without.
(() => {
  "use strict";

  const named = (key) => document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`);

  const acts = (element) => "act" in element.dataset;

  // Turning and zooming are steps written as attributes; the style sheet draws them.
  const look = (picture, key) => {
    const turn = Number(picture.dataset.turn ?? 0), zoom = Number(picture.dataset.zoom ?? 0);
    if (key === "r") picture.dataset.turn = (turn + 1) % 4;
    else if (key === "+" || key === "=") picture.dataset.zoom = Math.min(zoom + 1, 3);
    else if (key === "-") picture.dataset.zoom = Math.max(zoom - 1, 0);
    else return false;
    return true;
  };

  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.repeat) return;
    const field = event.target.closest?.("input:not([type=checkbox]), select, textarea");
    if (field && event.key === "Escape") field.blur();
    if (field) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const enlarged = document.querySelector("figure:target");
    if (enlarged && look(enlarged.querySelector("img"), key)) return event.preventDefault();
    // Esc closes the photo that is open; without one it releases the dossier.
    const all = [...named(key)];
    const target = key === "Escape" ? (enlarged ? enlarged.querySelector(".close") : all.find(acts)) : all[0];
    if (!target) return;
    event.preventDefault();
    // A decision is only brought under the finger: it is made with Enter.
    if ((target.type === "submit" && !acts(target)) || target.matches("input:not([type=checkbox])")) target.focus();
    else target.click();
  });
})();
