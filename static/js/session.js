// What htmx does not do when the Session refreshes: keep open what was open, scrolled what was scrolled, and tell the
// answer from a login page.

const place = () => document.getElementById("stand");
const news = document.getElementById("neues");
let kept = { open: [], scrolled: [] };

document.body.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (xhr.status !== 204 && !xhr.getResponseHeader("HX-Reswap")) {
    event.detail.shouldSwap = false;
    lost();
    return;
  }
  delete news.dataset.lost;
  if (xhr.status === 204) return;
  const all = (selector) => [...place().querySelectorAll(selector)];
  kept = {
    open: all("details[open][id]").map((element) => element.id),
    scrolled: all(".lp-scroll[id]").map((element) => [element.id, element.scrollLeft]),
  };
});

document.body.addEventListener("htmx:afterSwap", () => {
  for (const id of kept.open) document.getElementById(id)?.setAttribute("open", "");
  for (const [id, left] of kept.scrolled) {
    const element = document.getElementById(id);
    if (element) element.scrollLeft = left;
  }
});

// Once, not at every try: a status that repeats itself is read aloud each time.
function lost() {
  if (news.dataset.lost) return;
  news.dataset.lost = "1";
  news.textContent = "Diese Seite wird gerade nicht mehr aktualisiert. Bitte laden Sie sie neu.";
}

for (const failure of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
  document.body.addEventListener(failure, lost);
}
