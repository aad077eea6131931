"use strict";
// The side panel: the overview, or everything known of one node. Sections are decided in Python.
const panel = { node: page.byId("panel") };

panel.go = function (id, text) {
  return page.button("go", text, function () { page.select(id, true); });
};

panel.line = function (item) {
  const line = page.make("li");
  if (item.badge) { line.appendChild(page.badge(item.badge)); line.appendChild(document.createTextNode(" ")); }
  line.appendChild(item.node ? panel.go(item.node, item.text) : document.createTextNode(item.text));
  if (item.note) { line.appendChild(page.make("small", "", item.note)); }
  return line;
};

panel.badges = function (items) {
  const meanings = items.some(function (item) { return item.text.length > 8; });
  const box = page.make("div", meanings ? "" : "counts");
  items.forEach(function (item) {
    const row = page.make(meanings ? "p" : "span", meanings ? "verdict" : "");
    row.appendChild(page.badge(item.badge));
    row.appendChild(page.make("span", "note", meanings ? item.text : " " + item.text));
    box.appendChild(row);
  });
  return box;
};

panel.figures = function (items) {
  const table = page.make("table", "figures"), body = page.make("tbody");
  items.forEach(function (item) {
    const row = page.make("tr");
    row.appendChild(page.make("td", "", item.text));
    row.appendChild(page.make("td", "", item.note || ""));
    body.appendChild(row);
  });
  table.appendChild(body);
  return table;
};

panel.proof = function (line) {
  const box = page.make("div", "proof");
  box.appendChild(page.make("div", "", line.statement));
  if (line.quote) { box.appendChild(page.make("q", "", line.quote)); }
  const where = page.make("small");
  if (line.href && /^https?:\/\//i.test(line.href)) {
    const link = page.make("a", "", line.source);
    link.href = line.href; link.target = "_blank"; link.rel = "noopener noreferrer";
    where.appendChild(link);
  } else { where.appendChild(document.createTextNode(line.source || "来源不详")); }
  where.appendChild(document.createTextNode([" · " + (line.date || "日期不详"), line.locator].filter(Boolean).join(" · ")));
  box.appendChild(where);
  box.appendChild(page.make("small", "", ["置信度 " + Number(line.confidence).toFixed(2), line.modality, line.method].filter(Boolean).join(" · ")));
  return box;
};

panel.section = function (section) {
  const box = document.createDocumentFragment();
  box.appendChild(page.make("h3", "", section.title));
  const items = section.items || [];
  if (section.form === "badges") { box.appendChild(panel.badges(items)); }
  else if (section.form === "figures") { box.appendChild(panel.figures(items)); }
  else if (section.form === "evidence") {
    (section.evidence || []).forEach(function (index) { box.appendChild(panel.proof(page.data.evidence[index])); });
  } else {
    const list = page.make("ul");
    items.forEach(function (item) { list.appendChild(panel.line(item)); });
    box.appendChild(list);
  }
  return box;
};

panel.caveats = function () {
  const box = page.make("div", "caveat"), list = page.make("ul");
  page.data.caveats.forEach(function (text) { list.appendChild(page.make("li", "", text)); });
  box.appendChild(list);
  return box;
};

panel.show = function (id) {
  const fresh = document.createDocumentFragment();
  if (id === null) {
    fresh.appendChild(page.make("h2", "", "概览"));
    fresh.appendChild(page.make("p", "kind", page.data.nodes.length + " 个节点，" + page.data.edges.length + " 条关系"));
    if (page.data.caveats.length) { fresh.appendChild(panel.caveats()); }
    page.data.overview.forEach(function (section) { fresh.appendChild(panel.section(section)); });
  } else {
    const card = page.card(id);
    fresh.appendChild(page.button("back", "概览", function () { page.select(null); }));
    fresh.appendChild(page.make("h2", "", card.name));
    fresh.appendChild(page.make("p", "kind", card.kind));
    (card.sections || []).forEach(function (section) { fresh.appendChild(panel.section(section)); });
  }
  panel.node.textContent = "";
  panel.node.appendChild(fresh);
  panel.node.scrollTop = 0;
};
