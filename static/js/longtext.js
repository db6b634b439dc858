// Counts a long text while it is written, as the server does: Unicode code points, white space included, a line end as one.

const german = new Intl.NumberFormat("de-DE");

function line(text, limit) {
  const length = [...text].length;
  const surplus = length - limit;
  const rest = surplus > 0 ? `, ${german.format(surplus)} zu viel` : "";
  return `${german.format(length)} von ${german.format(limit)} Zeichen${rest}`;
}

for (const box of document.querySelectorAll("[data-longtext]")) {
  const area = box.querySelector("textarea");
  const count = box.querySelector("[data-count]");
  const show = () => { count.textContent = line(area.value, Number(area.dataset.limit)); };
  area.addEventListener("input", show);
  show();
}
