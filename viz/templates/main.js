"use strict";
// Search, tabs, chips, legend, deep link, theme: everything around the map.
page.select = function (id, move) {
  page.selected = id !== null && page.card(id) ? id : null;
  if (page.selected && move) { map.reveal(page.selected); }
  map.mark(page.selected);
  panel.show(page.selected);
  const hash = page.selected ? "#n=" + encodeURIComponent(page.card(page.selected).id) : "";
  history.replaceState(null, "", hash || location.pathname + location.search);
  if (page.selected) { page.say(page.card(page.selected).name + "，" + (page.card(page.selected).second || "")); }
};

page.fromHash = function () {
  if (location.hash.indexOf("#n=") !== 0) { return; }
  let link = "";
  try { link = decodeURIComponent(location.hash.slice(3)); } catch (error) { return; }
  const id = page.links.get(link);
  if (id && id !== page.selected) { page.select(id, true); }
};

page.showTab = function (name) {
  page.tab = name;
  document.body.setAttribute("data-tab", name);
  ["map", "board", "list"].forEach(function (tab) {
    const on = tab === name, button = page.byId("tab-" + tab);
    button.setAttribute("aria-selected", String(on));
    button.tabIndex = on ? 0 : -1;
    page.byId("pane-" + tab).hidden = !on;
  });
  if (name === "map") { map.network.redraw(); }
};

page.tabs = function () {
  const names = ["map", "board", "list"];
  names.forEach(function (name, index) {
    const button = page.byId("tab-" + name);
    button.addEventListener("click", function () { page.showTab(name); });
    button.addEventListener("keydown", function (event) {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) { return; }
      const next = names[(index + step + names.length) % names.length];
      page.showTab(next);
      page.byId("tab-" + next).focus();
    });
  });
};

page.toggle = function (facet) {
  if (page.off.has(facet)) { page.off.delete(facet); } else { page.off.add(facet); }
  document.querySelectorAll("#chips button").forEach(function (chip) {
    chip.setAttribute("aria-pressed", String(!page.off.has(chip.value)));
  });
  map.view.refresh();
  lists.filter();
};

page.chips = function () {
  let group = "";
  page.data.facets.forEach(function (facet) {
    if (group && group !== facet.group) { page.byId("chips").appendChild(page.make("span", "gap")); }
    group = facet.group;
    const chip = page.button("", "", function () { page.toggle(facet.id); });
    chip.value = facet.id;
    chip.setAttribute("aria-pressed", "true");
    const style = facet.group === "label" ? page.styles.get(facet.text) : page.data.mode === "network" ? page.kindStyle(facet.id.slice(5)) : null;
    if (style) {
      const icon = page.make("span", "", style.glyph + " ");
      icon.style.color = "var(--" + style.hue + ")";
      chip.appendChild(icon);
    }
    chip.appendChild(document.createTextNode(facet.text + " " + facet.count));
    page.byId("chips").appendChild(chip);
  });
};

// One sign of the legend, drawn by the same code as the map, in a box of 32 × 18 around the left middle.
page.drawSign = function (ctx, line) {
  if (line.sign === "label") {
    const style = page.styles.get(line.key), colour = page.colours[style.hue];
    map.roundBox(ctx, 1.5, -8, 29, 16, 3);
    ctx.fillStyle = style.tinted ? page.colours[style.hue + "-fill"] : page.colours.paper;
    ctx.fill();
    map.border(ctx, style, colour, 0);
    map.glyph(ctx, style.glyph, 16, 0, 4.4, colour);
  } else if (line.sign === "mark") {
    map.corner(ctx, { mark: line.key }, 22, 0);
  } else if (line.sign === "kind") {
    const kind = page.kinds.get(line.key);
    map.word(ctx, kind.glyph, 16, 0, "15px " + map.FONT, page.colours[kind.hue], "center");
  } else {
    const edge = map.edgeLook({ form: line.key, unsure: line.key === "unsure" });
    ctx.strokeStyle = page.colours.strong; ctx.fillStyle = page.colours.strong; ctx.lineWidth = edge.width;
    ctx.setLineDash(edge.dashes || []);
    ctx.beginPath(); ctx.moveTo(0, 0); ctx.lineTo(26, 0); ctx.stroke();
    ctx.setLineDash([]);
    ctx.beginPath(); ctx.moveTo(32, 0); ctx.lineTo(25, -4); ctx.lineTo(25, 4); ctx.closePath(); ctx.fill();
  }
};

page.legend = function () {
  const box = page.byId("legend"), ratio = 2;
  box.textContent = "";
  page.data.legend.forEach(function (line) {
    const item = page.make("span"), canvas = page.make("canvas");
    item.setAttribute("role", "listitem");
    item.title = line.meaning;
    canvas.width = 32 * ratio; canvas.height = 18 * ratio;
    canvas.style.cssText = "width:32px;height:18px";
    canvas.setAttribute("aria-hidden", "true");
    const ctx = canvas.getContext("2d");
    ctx.scale(ratio, ratio); ctx.translate(0, 9);
    page.drawSign(ctx, line);
    item.appendChild(canvas);
    item.appendChild(document.createTextNode(line.text));
    item.appendChild(page.make("span", "unseen", "：" + line.meaning));
    box.appendChild(item);
  });
};

page.theme = function () {
  const root = document.documentElement, dark = root.getAttribute("data-theme") !== "dark";
  if (dark) { root.setAttribute("data-theme", "dark"); } else { root.removeAttribute("data-theme"); }
  page.byId("theme").setAttribute("aria-pressed", String(dark));
  page.byId("theme").textContent = dark ? "浅色" : "深色";
  page.readColours();
  map.network.setOptions({ edges: { font: { color: page.colours.faint, strokeColor: page.colours.ground } } });
  page.legend();
  map.restyle();
};

page.tabs();
page.chips();
page.legend();
lists.board();
lists.lists();
map.start();
map.showCut();
page.showTab("map");
panel.show(null);
page.byId("fit").addEventListener("click", function () { page.showTab("map"); map.fit(true); });
page.byId("all").addEventListener("click", function () { map.openAll(!map.all); });
page.byId("png").addEventListener("click", poster.save);
page.byId("print").addEventListener("click", poster.print);
page.byId("theme").addEventListener("click", page.theme);
window.addEventListener("hashchange", page.fromHash);
window.addEventListener("load", page.fromHash);
