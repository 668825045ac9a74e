// Leaves a page with case content at once: by the link, or by pressing Escape twice within a second.
// The page is replaced, so that "back" does not return to it. Without script the link still leads away.
(() => {
  "use strict";
  const link = document.querySelector("a[data-leave]");
  if (!link) return;
  const leave = () => {
    document.body.hidden = true;
    window.location.replace(link.href);
  };
  let last = 0;
  link.addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (event.timeStamp - last < 1000) leave();
    last = event.timeStamp;
  });
})();
