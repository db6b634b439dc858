// The score sheet while it is filled in: points in words, digits choose, and after a save by itself the new revision.

const form = document.getElementById("bogen");
const PAUSE = 900;
let typed = "";
let since = 0;

document.querySelector("[data-digits]").hidden = false;

function said(points) {
  return points === "1" ? "1 Punkt" : `${points} Punkte`;
}

form.addEventListener("change", (event) => {
  const box = event.target.closest("[data-scale]");
  if (box) box.closest("fieldset").querySelector("[data-said]").textContent = said(event.target.value);
});

// A digit chooses as an arrow does; a second one soon after goes with it («1», «0»: 10). Whatever is no point passes.
form.addEventListener("keydown", (event) => {
  const box = event.target.closest("[data-scale]");
  if (!box || event.ctrlKey || event.altKey || event.metaKey || !/^[0-9]$/.test(event.key)) return;
  const options = new Map([...box.querySelectorAll("input")].map((input) => [input.value, input]));
  const both = event.timeStamp - since < PAUSE ? typed + event.key : event.key;
  const chosen = options.get(both) ?? options.get(event.key);
  if (!chosen) return;
  event.preventDefault();
  typed = chosen.value;
  since = event.timeStamp;
  chosen.focus();
  if (chosen.checked) return;
  chosen.checked = true;
  chosen.dispatchEvent(new Event("change", { bubbles: true }));
});

form.addEventListener("sheet-saved", (event) => {
  form.elements.namedItem("revision").value = event.detail.revision;
  document.getElementById("fehlt").textContent = event.detail.missing;
});
