// Follows long work: fetches this page again and exchanges the parts marked data-live, without moving the reader.
// When nothing is marked any more the work is over and the page is loaded once. Without script the page reloads itself.
(() => {
  "use strict";
  const seconds = Number(document.currentScript?.dataset.seconds) || 3;
  const follow = async () => {
    try {
      const answer = await fetch(window.location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
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
