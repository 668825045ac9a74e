// Says in words what went wrong when the browser did not use a passkey; the library's own script only tells the console.
(() => {
  "use strict";
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    const place = document.getElementById("passkey-problem");
    if (place) {
      place.hidden = false;
      place.focus();
    }
  });
})();
