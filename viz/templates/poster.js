"use strict";
// The picture to send on: drawn afresh at print size, always light, with title, date and legend inside.
const poster = { WIDE: 3508, HIGH: 2480, TOP: 210, FOOT: 190, SIDE: 70 };

poster.legend = function (ctx, top) {
  let x = poster.SIDE, y = top + 46;
  page.data.legend.forEach(function (line) {
    ctx.font = "34px " + map.FONT;
    const wide = 74 + ctx.measureText(line.text).width + 38;
    if (x + wide > poster.WIDE - poster.SIDE) { x = poster.SIDE; y += 60; }
    ctx.save();
    ctx.translate(x, y);
    ctx.scale(2, 2);
    page.drawSign(ctx, line);
    ctx.restore();
    map.word(ctx, line.text, x + 74, y, "34px " + map.FONT, page.colours.ink);
    x += wide;
  });
};

poster.frame = function (ctx) {
  const facts = [page.data.region, "最新来源日期 " + page.data.dataDate, page.data.cut && !map.all ? page.data.cut : "", "补链 " + page.data.version];
  map.word(ctx, page.data.title, poster.SIDE, 84, "bold 66px " + map.FONT, page.colours.ink);
  map.word(ctx, facts.filter(Boolean).join("　·　"), poster.SIDE, 160, "36px " + map.FONT, page.colours.faint);
  map.word(ctx, "没查到不等于没有", poster.WIDE - poster.SIDE, 160, "36px " + map.FONT, page.colours.faint, "right");
  map.word(ctx, page.data.notice ? "合成数据，不是事实" : "", poster.WIDE - poster.SIDE, 84, "bold 66px " + map.FONT, page.colours.ink, "right");
  poster.legend(ctx, poster.HIGH - poster.FOOT);
};

// vis-network draws edges only on its own canvas, so the map is painted by a second network out of sight.
poster.paint = function (done) {
  const box = map.bounds(), wide = poster.WIDE - 2 * poster.SIDE, high = poster.HIGH - poster.TOP - poster.FOOT;
  const ratio = window.devicePixelRatio || 1, stage = page.make("div");
  const theme = document.documentElement.getAttribute("data-theme"), near = map.near;
  stage.style.cssText = "position:fixed;left:-99999px;top:0;width:" + wide / ratio + "px;height:" + high / ratio + "px";
  document.body.appendChild(stage);
  document.documentElement.removeAttribute("data-theme");
  page.readColours();
  map.near = null;
  const options = map.options(page.data.edges.length);
  options.autoResize = false;
  const second = new vis.Network(stage, { nodes: map.view, edges: new vis.DataSet(page.data.edges.map(map.edgeLook)) }, options);
  second.on("beforeDrawing", function (ctx) { map.drawBands(ctx, map.placement().bands); });
  second.once("afterDrawing", function () {
    second.moveTo({ position: { x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 },
      scale: Math.min(wide / (box.right - box.left), high / (box.bottom - box.top)) / ratio, animation: false });
    second.redraw();
    const sheet = page.make("canvas");
    sheet.width = poster.WIDE; sheet.height = poster.HIGH;
    const ctx = sheet.getContext("2d");
    ctx.fillStyle = page.colours.ground;
    ctx.fillRect(0, 0, sheet.width, sheet.height);
    ctx.drawImage(stage.querySelector("canvas"), poster.SIDE, poster.TOP, wide, high);
    poster.frame(ctx);
    if (theme) { document.documentElement.setAttribute("data-theme", theme); }
    page.readColours();
    map.near = near;
    setTimeout(function () { second.destroy(); stage.remove(); map.network.redraw(); }, 0);
    done(sheet);
  });
  second.redraw();
};

poster.save = function () {
  page.say("正在生成图片");
  poster.paint(function (sheet) {
    sheet.toBlob(function (blob) {
      const link = page.make("a"), address = URL.createObjectURL(blob);
      link.href = address;
      link.download = page.data.title.replace(/[<>:"\/\\|?*\u0000-\u001f]+/g, "_").slice(0, 60) + ".png";
      document.body.appendChild(link);
      link.click();
      link.remove();
      setTimeout(function () { URL.revokeObjectURL(address); }, 10000);
      page.say("图片已生成");
    }, "image/png");
  });
};

poster.print = function () {
  if (page.tab !== "map") { window.print(); return; }
  poster.paint(function (sheet) {
    const image = page.byId("poster");
    image.onload = function () {
      document.body.setAttribute("data-poster", "1");
      window.print();
    };
    image.hidden = false;
    image.src = sheet.toDataURL("image/png");
  });
};

// What was printed is stale as soon as the reader filters again.
window.addEventListener("afterprint", function () {
  document.body.removeAttribute("data-poster");
  page.byId("poster").hidden = true;
  page.byId("poster").removeAttribute("src");
});
