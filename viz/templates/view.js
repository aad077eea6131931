"use strict";
// Moving over the map: fitting, focusing, filters, opening everything.
map.bounds = function () {
  const placement = map.placement(), chain = page.data.mode === "chain";
  const box = { left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity };
  const grow = function (left, right, top, bottom) {
    box.left = Math.min(box.left, left); box.right = Math.max(box.right, right);
    box.top = Math.min(box.top, top); box.bottom = Math.max(box.bottom, bottom);
  };
  placement.bands.forEach(function (band) { grow(band.left, band.right, band.top, band.bottom); });
  Object.keys(placement.points).forEach(function (id) {
    const at = placement.points[id], w = chain ? map.CARD_W / 2 : 105, h = chain ? map.CARD_H / 2 : 18;
    grow(at[0] - w, at[0] + w, at[1] - h, at[1] + h);
  });
  return box.left > box.right ? { left: -1, right: 1, top: -1, bottom: 1 } : box;
};

// vis-network's own fit() stops at zoom 1 and knows nothing of the bands, hence our own.
map.fit = function (animate) {
  const box = map.bounds(), room = page.byId("map").getBoundingClientRect();
  const scale = Math.min((room.width - 24) / (box.right - box.left), (room.height - 24) / (box.bottom - box.top), 1.6);
  map.network.moveTo({
    position: { x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 }, scale: Math.max(scale, 0.01),
    animation: animate ? { duration: 300, easingFunction: "easeInOutQuad" } : false
  });
};

map.restyle = function () {
  map.edges.update(page.data.edges.map(map.edgeLook));
  map.network.redraw();
};

map.mark = function (id) {
  map.near = null;
  if (id) {
    map.near = new Set([id]);
    page.data.edges.forEach(function (edge) {
      if (edge.from === id) { map.near.add(edge.to); }
      if (edge.to === id) { map.near.add(edge.from); }
    });
  }
  map.network.selectNodes(id && map.visible(id) ? [id] : [], false);
  if (page.data.edges.length <= 3000) { map.restyle(); } else { map.network.redraw(); }
};

// The middle of a window of this width that shows `at` and as little emptiness beyond the map as possible.
map.clamp = function (at, low, high, width) {
  const margin = 20;
  if (high - low + 2 * margin <= width) { return (low + high) / 2; }
  return Math.min(Math.max(at, low - margin + width / 2), high + margin - width / 2);
};

map.reveal = function (id) {
  const card = page.card(id);
  card.facets.forEach(function (facet) { if (page.off.has(facet)) { page.toggle(facet); } });
  if (!map.placement().points[id]) { map.openAll(true); }
  const at = map.placement().points[id], scale = Math.max(map.network.getScale(), 0.9);
  const box = map.bounds(), room = page.byId("map").getBoundingClientRect();
  const x = map.clamp(at[0], box.left, box.right, room.width / scale), y = map.clamp(at[1], box.top, box.bottom, room.height / scale);
  map.network.moveTo({ position: { x: x, y: y }, scale: scale, animation: { duration: 300, easingFunction: "easeInOutQuad" } });
};

map.openAll = function (open) {
  map.all = open;
  const points = map.placement().points;
  map.nodes.update(Object.keys(points).map(function (id) { return { id: id, x: points[id][0], y: points[id][1] }; }));
  map.view.refresh();
  map.showCut();
  map.fit(false);
};

map.showCut = function () {
  page.byId("cut").hidden = !page.data.cut;
  page.byId("cut").firstElementChild.textContent = map.all ? "已显示全部 " + page.data.nodes.length + " 个" : page.data.cut;
  page.byId("all").textContent = map.all ? "只看重点" : "显示全部";
};
