// Forms that are sent once, and uploads that are measured before they travel. Without this script the server says the same.

const PATIENCE = 30_000;
const STOPPED = "Das Hochladen wurde angehalten. Sie können die Datei noch einmal senden.";
const OTHER = "Das Hochladen wurde angehalten. Die neue Datei ist noch nicht gesendet.";
const UNSURE = "Läuft das Hochladen noch, lassen Sie diese Seite bitte offen. Haben Sie es angehalten, senden Sie die Datei noch einmal.";
const decimal = new Intl.NumberFormat("de-DE", { maximumFractionDigits: 1 });

function once(form) {
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    const sent = String(event.timeStamp);
    form.dataset.sent = sent;
    const button = form.querySelector("button[type=submit]");
    if (button) button.setAttribute("aria-disabled", "true");
    if ("upload" in form.dataset) tell(form, button);
    if (window.navigation) return; // it tells when somebody stops what was sent; elsewhere the form waits for a while
    setTimeout(() => {
      if (form.dataset.sent === sent) reopen(form, UNSURE);
    }, PATIENCE);
  });
}

// The form can be sent again; where files are uploaded it says what has become of the last one.
function reopen(form, words) {
  delete form.dataset.sent;
  const button = form.querySelector("button[type=submit]");
  if (button) button.removeAttribute("aria-disabled");
  const state = form.querySelector("[data-upload-state]");
  if (state) state.replaceChildren(...(words ? [quiet(words)] : []));
}

function reopenAll(words) {
  for (const form of document.querySelectorAll("form[data-sent]")) reopen(form, words);
}

// Somebody chose another file while one was on its way, or has stopped it.
function replace(form) {
  const isUnderWay = "sent" in form.dataset;
  reopen(form, isUnderWay ? OTHER : "");
  if (isUnderWay) window.stop();
}

function quiet(words) {
  const text = document.createElement("p");
  text.className = "lp-quiet";
  text.textContent = words;
  return text;
}

function tell(form, button) {
  const state = form.querySelector("[data-upload-state]");
  const file = form.querySelector("input[type=file]").files[0];
  if (!state || !button || !file) return;
  const bar = document.createElement("progress");
  bar.className = "lp-progress";
  bar.setAttribute("aria-label", "Datei wird hochgeladen");
  state.replaceChildren(bar, quiet(`${file.name} wird hochgeladen. Bitte lassen Sie diese Seite so lange offen.`));
}

function problem(input) {
  const file = input.files[0];
  const limit = Number(input.dataset.maxBytes);
  if (!file || !limit || file.size <= limit) return "";
  const size = decimal.format(file.size / 1e6);
  return `Die Datei ist mit ${size} MB zu groß. Erlaubt sind ${input.dataset.maxLabel}. Verkleinern Sie sie und wählen Sie sie noch einmal aus.`;
}

// The same markup as the server's error: below the field, tied to it by its id.
function show(input, message) {
  const id = `${input.id}_error`;
  const described = (input.getAttribute("aria-describedby") || "").split(" ").filter((part) => part && part !== id);
  document.getElementById(id)?.remove();
  input.closest(".kern-form-input")?.classList.toggle("kern-form-input--error", Boolean(message));
  input.classList.toggle("kern-form-input__input--error", Boolean(message));
  if (message) {
    const error = document.createElement("div");
    error.id = id;
    error.className = "kern-error";
    error.setAttribute("role", "alert");
    const icon = document.createElement("span");
    icon.className = "kern-icon kern-icon--danger";
    icon.setAttribute("aria-hidden", "true");
    const text = document.createElement("span");
    text.className = "kern-body";
    text.textContent = message;
    error.append(icon, text);
    input.after(error);
    described.push(id);
    input.setAttribute("aria-invalid", "true");
  } else {
    input.removeAttribute("aria-invalid");
  }
  if (described.length) input.setAttribute("aria-describedby", described.join(" "));
  else input.removeAttribute("aria-describedby");
}

function measured(form) {
  const input = form.querySelector("input[type=file]");
  if (!input) return;
  const state = document.createElement("div");
  state.dataset.uploadState = "";
  state.setAttribute("role", "status");
  form.append(state);
  input.addEventListener("change", () => {
    replace(form);
    show(input, problem(input));
  });
  form.addEventListener("submit", (event) => {
    const message = problem(input);
    if (!message) return;
    event.preventDefault();
    show(input, message);
    input.focus();
  });
}

for (const form of document.querySelectorAll("form[data-upload]")) measured(form);
for (const form of document.querySelectorAll("form[data-upload], form[data-once]")) once(form);
window.navigation?.addEventListener("navigateerror", () => reopenAll(STOPPED));
// The person came back with the back button.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) reopenAll("");
});
