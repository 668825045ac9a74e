// Follows long work: fetches this page again and exchanges the parts marked data-live, without moving the reader.
// When nothing is marked any more the work is over and the page is loaded once. Without script the page reloads itself.
(() => {
  "use strict";
  const seconds = Number(document.currentScript?.dataset.seconds) || 3;
  // The page's policy refuses HTML made of strings; this one name may parse what our own server drew.
  const drawn = window.trustedTypes?.createPolicy("openmara", { createHTML: (text) => text });
  const follow = async () => {
    try {
      const answer = await fetch(window.location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
      const text = await answer.text();
      const page = new DOMParser().parseFromString(drawn ? drawn.createHTML(text) : text, "text/html");
      const fresh = page.querySelectorAll("[data-live]");
      const shown = document.querySelectorAll("[data-live]");
      if (!answer.ok || answer.redirected || fresh.length !== shown.length) {
        window.location.reload();
        return;
      }
      shown.forEach((old, index) => {
        if (!old.isEqualNode(fresh[index])) old.replaceWith(document.importNode(fresh[index], true));
      });
    } catch {
      // A bad line: try again at the next turn.
    }
    window.setTimeout(follow, seconds * 1000);
  };
  window.setTimeout(follow, seconds * 1000);
})();
