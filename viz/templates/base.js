"use strict";
// Shared by the scripts below. Text from data reaches the page through textContent only.
const page = { data: JSON.parse(document.getElementById("data").textContent), selected: null, tab: "map", off: new Set() };

page.byId = function (id) { return document.getElementById(id); };

page.make = function (tag, className, text) {
  const node = document.createElement(tag);
  if (className) { node.className = className; }
  if (text !== undefined && text !== null) { node.textContent = String(text); }
  return node;
};

page.button = function (className, text, onClick) {
  const node = page.make("button", className, text);
  node.type = "button";
  node.addEventListener("click", onClick);
  return node;
};

// Looks of labels by name; national labels carry the prefix 全国· because 未知 stands on both axes.
page.styles = new Map(page.data.labels.map(function (style) { return [style.label, style]; }));
page.marks = new Map(page.data.nationals.map(function (style) { return [style.label, style]; }));
page.kinds = new Map(page.data.kinds.map(function (style) { return [style.kind, style]; }));
page.rank = function (styles) { return new Map(styles.map(function (style, index) { return [style.label, index]; })); };
page.orders = { "本地判定": page.rank(page.data.labels), "全国判定": page.rank(page.data.nationals) };
page.card = function (id) { return page.data.cards[id] || null; };

// Deep links name what people know: the product's name, or the entity's own id on network pages.
page.links = new Map(Object.keys(page.data.cards).map(function (id) { return [page.data.cards[id].id, id]; }));

page.colour = function (name) {
  return getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
};

page.colours = {};
page.readColours = function () {
  ["paper", "ground", "band", "ink", "faint", "line", "edge", "strong"].forEach(function (name) {
    page.colours[name] = page.colour(name);
  });
  ["green", "blue", "orange", "vermillion", "grey"].forEach(function (hue) {
    page.colours[hue] = page.colour(hue);
    page.colours[hue + "-fill"] = page.colour(hue + "-fill");
  });
};

page.markSign = function (mark) {
  return { triangle: mark.filled ? "▼" : "▽", import: "⇥", question: "?" }[mark.mark] || "";
};

page.dress = function (node, name) {
  const style = page.styles.get(name);
  if (!style) { return node; }
  node.style.border = Math.min(style.width, 3) + "px " + style.border + " var(--" + style.hue + ")";
  node.style.background = style.tinted ? "var(--" + style.hue + "-fill)" : "var(--paper)";
  return node;
};

page.badge = function (name) {
  const national = name.indexOf("全国·") === 0;
  const node = page.make("span", "badge");
  if (national) {
    const mark = page.marks.get(name.slice(3));
    const sign = mark ? page.markSign(mark) : "";
    if (sign) {
      const icon = page.make("i", "", sign);
      icon.style.color = "var(--" + (mark.mark === "question" ? "grey" : "vermillion") + ")";
      node.appendChild(icon);
    }
    node.style.border = "1px solid var(--line)";
    node.style.background = "var(--paper)";
    node.appendChild(document.createTextNode(name));
    return node;
  }
  const style = page.styles.get(name) || page.kindStyle(name);
  if (style) {
    const icon = page.make("i", "", style.glyph);
    icon.style.color = "var(--" + style.hue + ")";
    node.appendChild(icon);
  }
  page.dress(node, name);
  node.appendChild(document.createTextNode(style ? style.label : name));
  return node;
};

page.kindStyle = function (kind) { return page.kinds.get(kind) || null; };

page.say = function (text) { page.byId("live").textContent = text; };
page.readColours();
