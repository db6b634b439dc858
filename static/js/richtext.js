// The editor on a textarea of marked text: buttons that set the marks, and a preview of what will be stored.
// Without it the textarea stays what it is; the marks can be typed.

const PAUSE = 400;

const TOOLS = [
  { label: "Überschrift", does: (editor) => editor.prefix("## "), headings: true },
  { label: "Zwischenüberschrift", does: (editor) => editor.prefix("### "), headings: true },
  { label: "Fett", key: "b", does: (editor) => editor.wrap("**", "**", "fetter Text") },
  { label: "Kursiv", key: "i", does: (editor) => editor.wrap("*", "*", "kursiver Text") },
  { label: "Liste", does: (editor) => editor.prefix("- ") },
  { label: "Nummerierte Liste", does: (editor) => editor.prefix((place) => `${place + 1}. `) },
  { label: "Zitat", does: (editor) => editor.prefix("> ") },
  { label: "Link", key: "k", does: (editor) => editor.link() },
];
const MARK = /^(#{1,6} |- |> |\d+\. )/;

class Editor {
  constructor(area) {
    this.area = area;
    this.form = area.form;
    const box = document.createElement("div");
    box.className = "rt";
    area.before(box);
    box.append(this.toolbar(), this.gallery(), area, this.preview());
    area.addEventListener("input", () => this.later());
    area.addEventListener("keydown", (event) => this.shortcut(event));
    this.show();
  }

  name() {
    const label = this.form.querySelector(`label[for="${this.area.id}"]`)?.textContent.replace(/:\s*$/, "").trim();
    const row = this.area.id.match(/-(\d+)-/); // one of several, as Django numbers them from nought
    return (label || "Text") + (row ? ` ${Number(row[1]) + 1}` : "");
  }

  // Buttons ------------------------------------------------------------------------------------------

  toolbar() {
    const bar = document.createElement("div");
    bar.className = "rt-tools";
    bar.setAttribute("role", "group");
    bar.setAttribute("aria-label", `Auszeichnen: ${this.name()}`);
    this.tools = TOOLS.filter((tool) => !tool.headings || this.area.dataset.headings);
    for (const tool of this.tools) {
      const button = this.button(tool.label, () => tool.does(this));
      if (tool.key) button.setAttribute("aria-keyshortcuts", `Control+${tool.key.toUpperCase()}`);
      bar.append(button);
    }
    return bar;
  }

  button(label, does) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "rt-button";
    button.textContent = label;
    button.addEventListener("click", does);
    return button;
  }

  shortcut(event) {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    const tool = this.tools.find((one) => one.key === event.key.toLowerCase());
    if (!tool) return;
    event.preventDefault();
    tool.does(this);
  }

  // Setting marks: what is selected stays selected, and undoing works ----------------------------------

  replace(start, end, text, from, to) {
    const area = this.area;
    area.focus();
    area.setSelectionRange(start, end);
    if (!document.execCommand("insertText", false, text)) {
      area.setRangeText(text, start, end, "end");
      area.dispatchEvent(new Event("input", { bubbles: true }));
    }
    area.setSelectionRange(start + from, start + to);
  }

  wrap(before, after, example) {
    const { selectionStart: start, selectionEnd: end, value } = this.area;
    const chosen = value.slice(start, end) || example;
    this.replace(start, end, before + chosen + after, before.length, before.length + chosen.length);
  }

  prefix(mark) {
    const { selectionStart, selectionEnd, value } = this.area;
    const start = value.lastIndexOf("\n", selectionStart - 1) + 1;
    const after = value.indexOf("\n", selectionEnd);
    const end = after < 0 ? value.length : after;
    const lines = value.slice(start, end).split("\n");
    const marked = lines.map((line, place) => (typeof mark === "function" ? mark(place) : mark) + line.replace(MARK, ""));
    const text = marked.join("\n");
    this.replace(start, end, text, text.length, text.length);
  }

  link() {
    const { selectionStart: start, selectionEnd: end, value } = this.area;
    const chosen = value.slice(start, end) || "Linktext";
    const text = `[${chosen}](https://)`;
    this.replace(start, end, text, chosen.length + 3, text.length - 1);
  }

  picture(number, alt) {
    const { selectionEnd: end, value } = this.area;
    const before = end === 0 || value.slice(0, end).endsWith("\n\n") ? "" : "\n\n";
    const text = `${before}![${alt.replace(/[[\]]/g, "")}](bild:${number})\n\n`;
    this.replace(end, end, text, text.length, text.length);
  }

  // Pictures -----------------------------------------------------------------------------------------

  gallery() {
    if (!this.area.dataset.pictures) return "";
    const details = document.createElement("details");
    details.className = "rt-gallery";
    const summary = document.createElement("summary");
    summary.textContent = "Bild einfügen";
    const list = document.createElement("ul");
    details.append(summary, list);
    details.addEventListener("toggle", () => details.open && !list.children.length && this.offer(list));
    return details;
  }

  async offer(list) {
    const answer = await fetch(this.area.dataset.pictures).catch(() => null);
    const { pictures } = answer?.ok ? await answer.json() : { pictures: [] };
    if (!pictures.length) {
      const item = document.createElement("li");
      item.textContent = "Noch keine Bilder. Laden Sie zuerst eines unter „Bilder“ hoch.";
      list.append(item);
    }
    for (const { number, alt, src } of pictures) {
      const button = this.button("", () => this.picture(number, alt));
      const image = document.createElement("img");
      image.src = src;
      image.alt = "";
      const text = document.createElement("span");
      text.textContent = alt;
      button.append(image, text);
      const item = document.createElement("li");
      item.append(button);
      list.append(item);
    }
  }

  // Preview ------------------------------------------------------------------------------------------

  preview() {
    const section = document.createElement("section");
    section.className = "rt-side";
    section.setAttribute("aria-label", `Vorschau: ${this.name()}`);
    const title = document.createElement("p");
    title.className = "rt-title";
    title.textContent = "Vorschau";
    this.problems = document.createElement("ul");
    const heard = document.createElement("div");
    heard.className = "rt-problems";
    heard.setAttribute("role", "status");
    heard.append(this.problems);
    this.shown = document.createElement("div");
    this.shown.className = "rt-preview";
    section.append(title, heard, this.shown);
    return section;
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.show(), PAUSE);
  }

  async show() {
    const asked = this.area.value;
    const body = new URLSearchParams({ text: asked, headings: this.area.dataset.headings ?? "" });
    const token = this.form.querySelector("[name=csrfmiddlewaretoken]").value;
    const request = { method: "POST", body, headers: { "X-CSRFToken": token } };
    const answer = await fetch(this.area.dataset.preview, request).catch(() => null);
    if (!answer?.ok || asked !== this.area.value) return;
    const { html, problems } = await answer.json();
    this.shown.innerHTML = html; // sanitised by the server, as it will be stored
    this.problems.replaceChildren(
      ...problems.map((problem) => {
        const item = document.createElement("li");
        item.textContent = problem;
        return item;
      }),
    );
  }
}

function edit(within) {
  for (const area of within.querySelectorAll("textarea[data-preview]")) {
    if (!area.closest(".empty-form")) new Editor(area); // that one is Django's pattern for rows to be added
  }
}

edit(document);
document.addEventListener("formset:added", (event) => edit(event.target));
