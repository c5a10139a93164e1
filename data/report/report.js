// Filters the quotes of report.html by text, code, table and question, and opens what a link leads into. Without it all is read.
"use strict";
(() => {
  const form = document.getElementById("filter");
  const groups = [...document.querySelectorAll("#themes > h3")];
  const themes = [...document.querySelectorAll("#themes > article")].map((article) => ({
    article,
    quotes: [...article.querySelectorAll(".quote")].map((quote) => ({ quote, text: quote.textContent.toLowerCase() })),
    folds: [...article.querySelectorAll("details")],
  }));
  const count = form.querySelector("output");
  const all = themes.reduce((sum, theme) => sum + theme.quotes.length, 0);
  const value = (name) => form.elements[name]?.value ?? "";

  const fits = ({ quote, text }, wanted) =>
    (!wanted.text || text.includes(wanted.text))
    && (!wanted.codes || quote.dataset.codes.split(" ").includes(wanted.codes))
    && (!wanted.table || quote.dataset.table === wanted.table)
    && (!wanted.question || quote.dataset.question === wanted.question);

  const filter = () => {
    const wanted = { text: value("text").trim().toLowerCase(), codes: value("codes"), table: value("table"), question: value("question") };
    const isOn = Object.values(wanted).some(Boolean);
    let shown = 0;
    for (const { article, quotes, folds } of themes) {
      let left = 0;
      for (const entry of quotes) {
        const is = fits(entry, wanted);
        entry.quote.hidden = !is;
        left += is;
      }
      article.hidden = left === 0;
      for (const fold of folds) {
        fold.hidden = !fold.querySelector(".quote:not([hidden])");
        fold.open = isOn;
      }
      shown += left;
    }
    for (const group of groups) {
      let next = group.nextElementSibling;
      while (next?.tagName === "ARTICLE" && next.hidden) next = next.nextElementSibling;
      group.hidden = next?.tagName !== "ARTICLE";
    }
    count.textContent = isOn ? count.dataset.count.replace("{shown}", shown).replace("{all}", all) : "";
  };

  let waiting;
  form.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(filter, 120); });
  form.addEventListener("reset", () => setTimeout(filter));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;

  // A link into what is folded or filtered away shows it.
  const reveal = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    if (target.closest("[hidden]")) form.reset();
    setTimeout(() => {
      for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
      target.scrollIntoView();
    });
  };
  addEventListener("hashchange", reveal);
  if (location.hash) reveal();

  // Browsers that can't print what is folded by the style sheet alone.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("main details:not([open])")];
    for (const fold of opened) fold.open = true;
  });
  addEventListener("afterprint", () => { for (const fold of opened) fold.open = false; });
})();
