"use strict";
// The map: cards drawn by hand on vis-network's canvas, bands behind them, filters in front of the data.
const map = { CARD_W: 174, CARD_H: 56, all: false, near: null };
map.FONT = '"Microsoft YaHei","PingFang SC","Noto Sans CJK SC","Source Han Sans SC","WenQuanYi Micro Hei",sans-serif';

map.placement = function () { return map.all ? page.data.whole : page.data.first; };

map.roundBox = function (ctx, x, y, w, h, r) {
  ctx.beginPath();
  ctx.moveTo(x + r, y);
  ctx.arcTo(x + w, y, x + w, y + h, r);
  ctx.arcTo(x + w, y + h, x, y + h, r);
  ctx.arcTo(x, y + h, x, y, r);
  ctx.arcTo(x, y, x + w, y, r);
  ctx.closePath();
};

map.border = function (ctx, style, colour, extra) {
  ctx.strokeStyle = colour;
  ctx.lineWidth = Math.max(style.width, 1.2) + extra;
  ctx.setLineDash(style.border === "dashed" ? [7, 4] : style.border === "dotted" ? [2, 3] : []);
  ctx.stroke();
  ctx.setLineDash([]);
};

// Glyphs are paths, not letters, so that they look the same with every font; size is half the height.
map.glyph = function (ctx, sign, x, y, size, colour) {
  ctx.fillStyle = colour; ctx.strokeStyle = colour; ctx.lineWidth = 2.2;
  ctx.beginPath();
  if (sign === "●" || sign === "◐") {
    ctx.arc(x, y, size, 0, 2 * Math.PI);
    if (sign === "●") { ctx.fill(); return; }
    ctx.lineWidth = 1.5; ctx.stroke();
    ctx.beginPath(); ctx.arc(x, y, size, Math.PI / 2, 1.5 * Math.PI); ctx.fill();
  } else if (sign === "▲" || sign === "▼" || sign === "▽") {
    const up = sign === "▲" ? 1 : -1;
    ctx.moveTo(x, y - up * size); ctx.lineTo(x + size, y + up * size * 0.85); ctx.lineTo(x - size, y + up * size * 0.85);
    ctx.closePath();
    if (sign === "▽") { ctx.lineWidth = 1.6; ctx.stroke(); } else { ctx.fill(); }
  } else if (sign === "⇥") {
    ctx.lineWidth = 1.7;
    ctx.moveTo(x - size, y); ctx.lineTo(x + size * 0.55, y); ctx.moveTo(x, y - size * 0.6); ctx.lineTo(x + size * 0.6, y);
    ctx.lineTo(x, y + size * 0.6); ctx.moveTo(x + size, y - size); ctx.lineTo(x + size, y + size); ctx.stroke();
  } else if (sign.charAt(0) === "✕") {
    const half = size * 0.85, shift = sign.length > 1 ? -4 : 0;
    ctx.moveTo(x + shift - half, y - half); ctx.lineTo(x + shift + half, y + half);
    ctx.moveTo(x + shift + half, y - half); ctx.lineTo(x + shift - half, y + half); ctx.stroke();
    if (sign.length > 1) { map.word(ctx, "?", x + 7, y, "bold 13px " + map.FONT, colour, "center"); }
  } else {
    map.word(ctx, sign, x, y, "bold " + Math.round(size * 2.4) + "px " + map.FONT, colour, "center");
  }
};

map.word = function (ctx, text, x, y, font, colour, align) {
  ctx.font = font; ctx.fillStyle = colour; ctx.textAlign = align || "left"; ctx.textBaseline = "middle";
  ctx.fillText(text, x, y);
};

map.corner = function (ctx, card, right, top) {
  const mark = page.marks.get(card.mark), sign = mark ? page.markSign(mark) : "";
  if (!sign) { return; }
  const colour = page.colours[mark.mark === "question" ? "grey" : "vermillion"];
  map.roundBox(ctx, right - 17, top - 8, 21, 17, 4);
  ctx.fillStyle = page.colours.paper; ctx.fill();
  ctx.strokeStyle = colour; ctx.lineWidth = 1; ctx.stroke();
  map.glyph(ctx, sign, right - 6.5, top + 0.5, mark.mark === "question" ? 4.6 : 5, colour);
};

map.drawCard = function (ctx, card, x, y, chosen) {
  const style = page.styles.get(card.style), w = map.CARD_W, h = map.CARD_H, left = x - w / 2, top = y - h / 2;
  const colour = page.colours[style.hue];
  map.roundBox(ctx, left, top, w, h, 5);
  ctx.fillStyle = page.colours.paper; ctx.fill();
  if (style.tinted) { ctx.fillStyle = page.colours[style.hue + "-fill"]; ctx.fill(); }
  map.border(ctx, style, colour, chosen ? 2.5 : 0);
  map.glyph(ctx, style.glyph, left + 18, y - (card.lines.length > 1 ? 1 : 9), 6, colour);
  const two = card.lines.length > 1, weight = chosen ? "bold " : "";
  card.lines.forEach(function (line, index) {
    map.word(ctx, line, left + 34, y + (two ? -17 + index * 15 : -9), weight + (two ? 13.5 : 15) + "px " + map.FONT, page.colours.ink);
  });
  map.word(ctx, card.second, left + 34, y + (two ? 17 : 13), "12px " + map.FONT, page.colours.faint);
  map.corner(ctx, card, left + w, top);
};

map.drawDot = function (ctx, card, x, y, chosen) {
  const kind = page.kinds.get(card.style), colour = page.colours[kind ? kind.hue : "grey"], sign = kind ? kind.glyph : "●";
  ctx.font = (chosen ? "bold " : "") + "15px " + map.FONT;
  const text = card.lines.join(""), wide = Math.max(34, ctx.measureText(text).width + 34);
  map.roundBox(ctx, x - wide / 2, y - 13, wide, 26, sign === "▭" ? 4 : 13);
  ctx.fillStyle = page.colours.paper; ctx.fill();
  ctx.fillStyle = page.colours[(kind ? kind.hue : "grey") + "-fill"]; ctx.fill();
  map.border(ctx, { width: chosen ? 3 : 1.2, border: "solid" }, colour, 0);
  if (sign === "●" || sign === "▼") { map.glyph(ctx, sign, x - wide / 2 + 14, y, 5, colour); } else {
    map.word(ctx, sign, x - wide / 2 + 14, y, "13px " + map.FONT, colour, "center");
  }
  map.word(ctx, text, x - wide / 2 + 24, y, (chosen ? "bold " : "") + "15px " + map.FONT, page.colours.ink);
};

map.renderer = function (given) {
  const card = page.card(given.id), chain = page.data.mode === "chain";
  const size = chain ? { width: map.CARD_W, height: map.CARD_H } : { width: Math.min(200, 40 + 15 * card.lines.join("").length), height: 26 };
  return {
    drawNode: function () {
      given.ctx.save();
      if (map.near && !map.near.has(given.id)) { given.ctx.globalAlpha = 0.35; }
      (chain ? map.drawCard : map.drawDot)(given.ctx, card, given.x, given.y, given.id === page.selected);
      given.ctx.restore();
    },
    nodeDimensions: size
  };
};

map.drawBands = function (ctx, bands) {
  bands.forEach(function (band) {
    ctx.fillStyle = page.colours.band;
    map.roundBox(ctx, band.left, band.top, band.right - band.left, band.bottom - band.top, 10);
    ctx.fill();
    const middle = (band.left + band.right) / 2;
    map.word(ctx, band.title, middle, band.top + 20, "bold 19px " + map.FONT, page.colours.ink, "center");
    map.word(ctx, band.note, middle, band.top + 43, "13px " + map.FONT, page.colours.faint, "center");
  });
};

map.edgeLook = function (edge) {
  const dim = map.near && !(edge.from === page.selected || edge.to === page.selected);
  return {
    id: edge.id, from: edge.from, to: edge.to, title: edge.title,
    width: edge.unsure ? 1 : edge.form === "need" ? 2.2 : 1.1,
    dashes: edge.unsure ? [1.5, 4] : edge.form === "isa" ? [9, 5] : false,
    label: page.data.mode === "network" && edge.label ? edge.label : undefined,
    color: { color: page.colours[map.near && !dim ? "strong" : "edge"], highlight: page.colours.ink, hover: page.colours.strong, opacity: dim ? 0.16 : map.near ? 1 : 0.75 }
  };
};

map.options = function (edgeCount) {
  const curve = { enabled: true, type: "cubicBezier", forceDirection: "horizontal", roundness: 0.42 };
  return {
    physics: false, layout: { improvedLayout: false }, autoResize: true,
    nodes: { shape: "custom", ctxRenderer: map.renderer, chosen: true },
    edges: { arrows: { to: { enabled: true, scaleFactor: 0.45 } }, smooth: edgeCount <= 2500 ? curve : false,
      selectionWidth: 1.2, hoverWidth: 0.4, font: { size: 11, face: map.FONT, color: page.colours.faint, strokeColor: page.colours.ground, strokeWidth: 4 } },
    interaction: { hover: true, hideEdgesOnDrag: true, hideEdgesOnZoom: true, dragNodes: false, tooltipDelay: 250, multiselect: false,
      keyboard: { enabled: true, bindToWindow: false } }
  };
};

map.visible = function (id) {
  const card = page.card(id);
  return Boolean(map.placement().points[id]) && !card.facets.some(function (facet) { return page.off.has(facet); });
};

map.start = function () {
  const points = map.placement().points;
  map.nodes = new vis.DataSet(page.data.nodes.map(function (node) {
    const at = points[node.id] || [node.x, node.y];
    return { id: node.id, x: at[0], y: at[1] };
  }));
  map.edges = new vis.DataSet(page.data.edges.map(map.edgeLook));
  map.view = new vis.DataView(map.nodes, { filter: function (node) { return map.visible(node.id); } });
  map.network = new vis.Network(page.byId("map"), { nodes: map.view, edges: map.edges }, map.options(page.data.edges.length));
  map.network.on("beforeDrawing", function (ctx) { map.drawBands(ctx, map.placement().bands); });
  map.network.on("click", function (event) { page.select(event.nodes.length ? event.nodes[0] : null); });
  map.network.once("afterDrawing", function () { document.body.setAttribute("data-ready", "1"); });
  map.fit(false);
};
