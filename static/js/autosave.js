// What htmx does not do when a form saves by itself: say so when saving fails, repeat nothing aloud, and let a
// running save end before the button's.

const form = document.querySelector("form[data-hx-post]");
const status = document.querySelector(form.dataset.hxTarget);
const OFFLINE = "Nicht gespeichert: Das Portal ist gerade nicht erreichbar. Bitte drücken Sie „Speichern“, sobald es wieder geht.";
const FAILED = "Nicht gespeichert. Bitte drücken Sie „Speichern“.";
const BUTTON = "[type=submit]";
let running = false;
let chosen = form.querySelector(BUTTON); // at first the one that Enter stands for
let waits = false;

function mark(failed) {
  status.classList.toggle("lp-longtext__saved--failed", failed);
}

function fail(message) {
  mark(true);
  if (status.textContent !== message) status.textContent = message;
}

function textOf(html) {
  return new DOMParser().parseFromString(html, "text/html").body.textContent.trim();
}

// Neither the button in the event nor sending with one is known to every browser in use, but each submit begins with a click.
form.addEventListener("click", (event) => { chosen = event.target.closest(BUTTON) ?? chosen; });
form.addEventListener("submit", (event) => {
  if (!running) return;
  event.preventDefault();
  waits = true;
});
form.addEventListener("htmx:beforeRequest", () => { running = true; });
form.addEventListener("htmx:afterRequest", () => {
  running = false;
  if (!waits) return;
  waits = false;
  chosen.click();
});
form.addEventListener("htmx:sendError", () => fail(OFFLINE));
form.addEventListener("htmx:timeout", () => fail(OFFLINE));

// Only answers made for the status line carry HX-Reswap; a whole page (a login, an error) must not land in it.
status.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, serverResponse } = event.detail;
  if (!xhr.getResponseHeader("HX-Reswap")) {
    event.detail.shouldSwap = false;
    fail(FAILED);
    return;
  }
  mark(xhr.status >= 400);
  if (textOf(serverResponse) === status.textContent) event.detail.swapOverride = "none";
});
