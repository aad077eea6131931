"use strict";
// Search by any part of a name or alias: "/" focuses, arrows move, Enter picks, Esc clears.
const search = { input: page.byId("search"), list: page.byId("hits"), hits: [], at: -1 };

search.index = Object.keys(page.data.cards).map(function (id) {
  const card = page.data.cards[id];
  return { id: id, name: card.name.toLowerCase(), words: (card.words || "").toLowerCase() };
});

search.find = function (text) {
  const wanted = text.trim().toLowerCase();
  if (!wanted) { return []; }
  const rank = function (row) {
    if (row.name === wanted) { return 0; }
    if (row.name.indexOf(wanted) === 0) { return 1; }
    if (row.name.indexOf(wanted) > 0) { return 2; }
    return row.words.indexOf(wanted) >= 0 ? 3 : 9;
  };
  return search.index.map(function (row) { return { id: row.id, rank: rank(row), name: row.name }; })
    .filter(function (row) { return row.rank < 9; })
    .sort(function (a, b) { return a.rank - b.rank || a.name.length - b.name.length || (a.id < b.id ? -1 : 1); });
};

search.close = function () {
  search.hits = []; search.at = -1;
  search.list.hidden = true; search.list.textContent = "";
  search.input.setAttribute("aria-expanded", "false");
  search.input.removeAttribute("aria-activedescendant");
};

search.move = function (to) {
  if (!search.hits.length) { return; }
  search.at = (to + search.hits.length) % search.hits.length;
  Array.prototype.forEach.call(search.list.children, function (item, index) {
    item.setAttribute("aria-selected", String(index === search.at));
    if (index === search.at) { item.scrollIntoView({ block: "nearest" }); }
  });
  search.input.setAttribute("aria-activedescendant", "hit-" + search.at);
};

search.show = function () {
  const found = search.find(search.input.value);
  search.close();
  search.hits = found.slice(0, 12);
  search.hits.forEach(function (hit, index) {
    const card = page.card(hit.id), item = page.make("li");
    item.id = "hit-" + index;
    item.setAttribute("role", "option");
    item.appendChild(page.make("span", "", card.name));
    item.appendChild(page.make("small", "", card.second || card.kind));
    item.addEventListener("mousedown", function (event) { event.preventDefault(); search.pick(index); });
    search.list.appendChild(item);
  });
  if (search.hits.length) {
    search.list.hidden = false;
    search.input.setAttribute("aria-expanded", "true");
    search.move(0);
  }
  page.say(search.input.value.trim() ? "找到 " + found.length + " 个" : "");
};

search.pick = function (index) {
  const hit = search.hits[index];
  if (!hit) { return; }
  search.input.value = page.card(hit.id).name;
  search.close();
  if (page.tab !== "map") { page.showTab("map"); }
  page.select(hit.id, true);
};

search.input.addEventListener("input", search.show);
search.input.addEventListener("blur", search.close);
search.input.addEventListener("keydown", function (event) {
  if (event.isComposing) { return; }
  if (event.key === "ArrowDown") { search.move(search.at + 1); }
  else if (event.key === "ArrowUp") { search.move(search.at - 1); }
  else if (event.key === "Enter") { search.pick(search.at); }
  else if (event.key === "Escape") { search.input.value = ""; search.close(); page.select(null); }
  else { return; }
  event.preventDefault();
});
document.addEventListener("keydown", function (event) {
  const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement ? document.activeElement.tagName : "");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    search.input.focus();
    search.input.select();
  } else if (event.key === "Escape" && !typing && page.selected) { page.select(null); }
});
