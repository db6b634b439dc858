// What htmx does not do when the list of projects changes in place: tick to search, write the address, say aloud how
// many there are, keep open what was open, and leave the focus where somebody can go on.

const form = document.getElementById("suche");
const said = document.getElementById("ansage");
const address = () => location.pathname + location.search;
let shown = address();
let kept = [];

// Boxes only: the arrow keys change a list at every step on the way to the wanted value. The button is pressed because
// not every browser in use can send a form as a button would.
form.addEventListener("change", (event) => {
  if (event.target.type === "checkbox") form.querySelector("[type=submit]").click();
});

form.addEventListener("htmx:configRequest", ({ detail: { formData } }) => {
  const given = [...formData].filter(([, value]) => value);
  for (const name of new Set(formData.keys())) formData.delete(name);
  for (const [name, value] of given) formData.append(name, value);
});

document.body.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target.id !== "treffer") return;
  if (!detail.isError && !detail.serverResponse.includes('id="treffer"')) {
    detail.shouldSwap = false;
    location.assign(detail.xhr.responseURL);
    return;
  }
  kept = [...form.querySelectorAll("details[open][id]")].map((element) => element.id);
});

document.body.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.elt.id !== "treffer") return;
  if (detail.xhr.responseURL !== location.href) history.pushState({ suche: true }, "", detail.xhr.responseURL);
  shown = address();
  settled();
});

function settled() {
  for (const id of kept) document.getElementById(id)?.setAttribute("open", "");
  const title = document.getElementById("treffer-titel");
  said.className = "kern-sr-only";
  said.textContent = title.textContent;
  if (document.activeElement && document.activeElement !== document.body) return;
  title.focus({ preventScroll: true });
}

// The page of a former search is fetched anew: it may have changed, and nothing of it is kept in this browser. A link
// that leads within the page comes here, too.
window.addEventListener("popstate", () => {
  if (address() !== shown) location.reload();
});

for (const failure of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
  document.body.addEventListener(failure, () => {
    said.textContent = "Die Projekte ließen sich nicht laden. Bitte versuchen Sie es noch einmal.";
    said.className = "pp-lost";
  });
}
