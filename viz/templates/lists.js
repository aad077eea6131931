"use strict";
// Board and lists: plain HTML, so they print well and a screen reader can read them.
const lists = {};

lists.tile = function (id) {
  const card = page.card(id), tile = page.button("tile", "", function () { page.select(id); });
  const style = page.styles.get(card.style) || page.kindStyle(card.style);
  if (style) {
    const icon = page.make("i", "", style.glyph);
    icon.style.color = "var(--" + style.hue + ")";
    icon.setAttribute("aria-hidden", "true");
    tile.appendChild(icon);
  }
  tile.appendChild(document.createTextNode(card.name));
  const mark = page.marks.get(card.mark), held = mark && mark.mark && mark.mark !== "question";
  tile.appendChild(page.make("small", "", card.second));
  if (held) { tile.appendChild(page.make("small", "", page.markSign(mark) + " 全国" + card.mark)); }
  return page.dress(tile, card.style);
};

lists.board = function () {
  const board = page.make("div", "board");
  page.data.board.forEach(function (column) {
    const box = page.make("section", "column");
    box.appendChild(page.make("h2", "", column.title));
    column.groups.forEach(function (group) {
      box.appendChild(page.make("h3", "", group[0]));
      const list = page.make("ul");
      group[1].forEach(function (id) {
        const item = page.make("li");
        item.setAttribute("data-id", id);
        item.appendChild(lists.tile(id));
        list.appendChild(item);
      });
      box.appendChild(list);
    });
    board.appendChild(box);
  });
  page.byId("pane-board").appendChild(board);
};

// A label that rests on an assumption says so in brackets behind it.
lists.label = function (value) { return String(value).split("（")[0]; };

// Missing values go last either way; labels sort in their own order, numbers as numbers, intervals by their start.
lists.compare = function (a, b, column, sign, order) {
  const x = a.cells[column], y = b.cells[column];
  if (x === null || y === null) { return (x === null) - (y === null) || a.index - b.index; }
  let by;
  if (typeof x === "number" && typeof y === "number") { by = x - y; }
  else if (order) { by = order.get(lists.label(x)) - order.get(lists.label(y)); }
  else { by = String(x).localeCompare(String(y), "zh-Hans-CN", { numeric: true }); }
  return by * sign || a.index - b.index;
};

lists.cell = function (value, row, column) {
  const cell = page.make("td");
  if (value === null) { cell.textContent = "–"; cell.className = row.numeric.has(column) ? "num" : "word"; }
  else if (typeof value === "number") { cell.textContent = String(value); cell.className = "num"; }
  else if (column === 0 && page.card(row.node)) { cell.appendChild(panel.go(row.node, value)); cell.className = "word"; }
  else if (row.labels.has(column) && page.styles.has(lists.label(value))) {
    const label = lists.label(value);
    cell.appendChild(page.badge(row.labels.get(column) + label));
    if (value !== label) { cell.appendChild(document.createTextNode(value.slice(label.length))); }
    cell.className = "word";
  }
  else { cell.textContent = value; cell.className = value.length > 12 ? "long" : "word"; }
  return cell;
};

lists.fill = function (body, rows) {
  body.textContent = "";
  const fresh = document.createDocumentFragment();
  rows.forEach(function (row) {
    const line = page.make("tr");
    line.setAttribute("data-id", row.node);
    row.cells.forEach(function (value, column) { line.appendChild(lists.cell(value, row, column)); });
    fresh.appendChild(line);
  });
  body.appendChild(fresh);
};

lists.table = function (table) {
  const box = document.createDocumentFragment(), scroll = page.make("div", "scroll"), grid = page.make("table", "grid");
  const head = page.make("tr"), body = page.make("tbody"), labels = new Map(), numeric = new Set();
  table.columns.forEach(function (title, column) {
    if (title === "本地判定") { labels.set(column, ""); }
    if (table.rows.some(function (cells) { return typeof cells[column] === "number"; })) { numeric.add(column); }
  });
  const rows = table.rows.map(function (cells, index) { return { cells: cells, node: table.nodes[index], index: index, labels: labels, numeric: numeric }; });
  table.columns.forEach(function (title, column) {
    const cell = page.make("th");
    cell.scope = "col";
    cell.setAttribute("aria-sort", "none");
    cell.appendChild(page.button("", title, function () {
      const down = cell.getAttribute("aria-sort") === "ascending";
      Array.prototype.forEach.call(head.children, function (other) { other.setAttribute("aria-sort", "none"); });
      cell.setAttribute("aria-sort", down ? "descending" : "ascending");
      lists.fill(body, rows.slice().sort(function (a, b) { return lists.compare(a, b, column, down ? -1 : 1, page.orders[title]); }));
      lists.filter();
    }));
    head.appendChild(cell);
  });
  const top = page.make("thead");
  top.appendChild(head);
  grid.appendChild(top);
  lists.fill(body, rows);
  grid.appendChild(body);
  scroll.appendChild(grid);
  box.appendChild(page.make("h2", "", table.title));
  box.appendChild(page.make("p", "note", table.note));
  box.appendChild(scroll);
  return box;
};

lists.lists = function () {
  page.data.tables.forEach(function (table) { page.byId("pane-list").appendChild(lists.table(table)); });
};

// The chips hide rows and tiles as they hide cards, but what was merely cut from the map stays listed.
lists.filter = function () {
  document.querySelectorAll("[data-id]").forEach(function (node) {
    const card = page.card(node.getAttribute("data-id"));
    node.hidden = Boolean(card) && card.facets.some(function (facet) { return page.off.has(facet); });
  });
};
