// 进度看板的图和表。写法照老浏览器（360、搜狗的旧内核）：只用 ES5 的语法；外来的字一律当文字放，不当网页代码。
(function () {
"use strict";

var data = JSON.parse(document.getElementById("data").textContent);
var FIRST = 30, MORE = 200; // 一张表先显示几行，再看时加几行
var LEVELS = ["严重逾期", "逾期", "预警", "提醒"];
var INK = "#1c262e", SOFT = "#44525d", LINE = "#c3ccd3";
// 色盲也分得开的一组颜色（Okabe–Ito），在办、待回访、已销号另有花纹
var BLUE = "#0072b2", PALE = "#b9cbd8", OPEN = "#e69f00", RESOLVED = "#56b4e9", CLOSED = "#009e73";
var charts = [];

// -- 过期 --------------------------------------------------------------------------------------------------------------

function moment(text) {
  var part = text.split(/[-T:]/).map(Number);
  return new Date(part[0], part[1] - 1, part[2], part[3], part[4]);
}

function lookAtTheClock() {
  var old = new Date() >= moment(data.stale);
  document.getElementById("stale").hidden = !old;
  document.body.className = old ? "old" : "";
}

// -- 表 ----------------------------------------------------------------------------------------------------------------

function element(name, className, text) {
  var made = document.createElement(name);
  if (className) { made.className = className; }
  if (text !== undefined) { made.textContent = text; }
  return made;
}

function inWords(value, kind) {
  if (value === null) { return kind === "percent" || kind === "number" ? "—" : ""; }
  if (kind === "percent") { return (Math.round(value * 1000) / 10).toFixed(1) + "%"; }
  if (kind === "day") {
    var part = value.split("-").map(Number);
    return (value.slice(0, 4) === data.today.slice(0, 4) ? "" : part[0] + "年") + part[1] + "月" + part[2] + "日";
  }
  if (kind === "links") { return value.map(function (one) { return one[0]; }).join("、"); }
  return String(value);
}

function Table(box, table) {
  this.box = box;
  this.table = table;
  this.chosen = {};
  this.word = "";
  this.sorted = null;
  this.grid = /\bgrid\b/.test(box.className);
  this.shown = FIRST;
  if (!this.grid) { box.className += " cards"; } // 手机上一行是一张卡片
  this.build();
}

Table.prototype.build = function () {
  var table = this.table, self = this, head = element("tr"), filters = element("div", "filters");
  if (!table.rows.length) {
    this.box.appendChild(element("p", "note", this.box.getAttribute("data-empty") || "没有"));
    return;
  }
  table.columns.forEach(function (column, at) {
    var cell = element("th", styled(column)), by = element("span", "by", column.title); // 打印到第二页，button 里的字会不见
    by.setAttribute("role", "button");
    by.tabIndex = 0;
    by.onclick = function () { self.sortBy(at); };
    by.onkeydown = function (event) {
      if (event.keyCode === 13 || event.keyCode === 32) { event.preventDefault(); self.sortBy(at); }
    };
    cell.appendChild(by);
    head.appendChild(cell);
    if (column.chosen) { self.addFilter(filters, column, at); }
  });
  if (table.rows.length > 2 && !this.grid) { this.addSearch(filters); }
  this.count = element("span", "count");
  if (!this.grid) { filters.appendChild(this.count); }
  this.heads = head.children;
  this.body = element("tbody");
  var drawn = element("table"), top = element("thead"), scroll = element("div", "scroll");
  top.appendChild(head);
  drawn.appendChild(top);
  drawn.appendChild(this.body);
  scroll.appendChild(drawn);
  this.buttons = element("div");
  this.box.appendChild(filters);
  this.box.appendChild(scroll);
  this.box.appendChild(this.buttons);
  if (table.note) { this.box.appendChild(element("p", "note", table.note)); }
  this.peaks = table.columns.map(function (_, at) {
    return table.rows.reduce(function (most, row) { return typeof row[at] === "number" && row[at] > most ? row[at] : most; }, 0);
  });
  this.texts = null;
  this.opens = table.columns.map(function (column) { return column.kind; }).indexOf("long");
  this.show();
};

function styled(column) { return "k-" + column.kind + (column.printed ? "" : " screen"); }

Table.prototype.addFilter = function (filters, column, at) {
  var self = this, known = {}, values = [];
  this.table.rows.forEach(function (row) {
    var value = row[at] === null ? "" : String(row[at]);
    if (!Object.prototype.hasOwnProperty.call(known, value)) { known[value] = true; values.push(value); }
  });
  if (values.length < 2) { return; }
  if (column.kind === "level") { values.sort(function (a, b) { return (LEVELS.indexOf(a) + 9) % 9 - (LEVELS.indexOf(b) + 9) % 9; }); }
  var label = element("label", "", column.title + " "), select = element("select");
  select.setAttribute("data-filter", column.title);
  var all = element("option", "", "全部");
  all.value = "all";
  select.appendChild(all);
  values.forEach(function (value) {
    var option = element("option", "", value || "（空）");
    option.value = "=" + value;
    select.appendChild(option);
  });
  select.onchange = function () {
    if (select.value === "all") { delete self.chosen[at]; } else { self.chosen[at] = select.value.slice(1); }
    self.again();
  };
  label.appendChild(select);
  filters.appendChild(label);
};

Table.prototype.addSearch = function (filters) {
  var self = this, label = element("label", "", "查找 "), input = element("input"), waiting = 0;
  input.type = "search";
  input.setAttribute("data-search", "");
  input.oninput = function () {
    clearTimeout(waiting);
    waiting = setTimeout(function () { self.word = input.value.trim().toLowerCase(); self.again(); }, 120);
  };
  label.appendChild(input);
  filters.appendChild(label);
};

Table.prototype.sortBy = function (at) {
  var numbers = /number|percent/.test(this.table.columns[at].kind), before = this.sorted;
  this.sorted = { at: at, down: before && before.at === at ? !before.down : numbers };
  for (var place = 0; place < this.heads.length; place++) {
    if (place === at) { this.heads[place].setAttribute("aria-sort", this.sorted.down ? "descending" : "ascending"); }
    else { this.heads[place].removeAttribute("aria-sort"); }
  }
  this.again();
};

Table.prototype.again = function () {
  this.shown = FIRST;
  this.show();
};

Table.prototype.wanted = function () {
  var self = this, rows = this.table.rows, columns = this.table.columns, places = [];
  if (this.word && !this.texts) {
    this.texts = rows.map(function (row, place) {
      var list = self.list(place), words = row.map(function (value, at) { return inWords(value, columns[at].kind); });
      return words.concat(list ? list.lines : []).join("\n").toLowerCase();
    });
  }
  rows.forEach(function (row, place) {
    for (var at in self.chosen) {
      if ((row[at] === null ? "" : String(row[at])) !== self.chosen[at]) { return; }
    }
    if (!self.word || self.texts[place].indexOf(self.word) >= 0) { places.push(place); }
  });
  if (this.sorted) {
    var by = this.sorted.at, turn = this.sorted.down ? -1 : 1, level = columns[by].kind === "level";
    places.sort(function (a, b) { return compared(rows[a][by], rows[b][by], turn, level) || a - b; });
  }
  return places;
};

// 空的总在最后
function compared(a, b, turn, level) {
  var noA = a === null || a === "", noB = b === null || b === "";
  if (noA || noB) { return noA - noB; }
  if (level) { return turn * (LEVELS.indexOf(a) - LEVELS.indexOf(b)); }
  if (typeof a === "number" && typeof b === "number") { return turn * (a - b); }
  return turn * String(a).localeCompare(String(b), "zh-CN");
}

Table.prototype.show = function () {
  var self = this, places = this.wanted(), rows = document.createDocumentFragment();
  places.slice(0, this.shown).forEach(function (place) { rows.appendChild(self.row(self.table.rows[place], self.list(place))); });
  this.body.textContent = "";
  this.body.appendChild(rows);
  var every = this.table.rows.length;
  this.count.textContent = places.length === every ? "共" + every + "行" : "共" + every + "行，符合的" + places.length + "行";
  this.buttons.textContent = "";
  if (places.length > this.shown) {
    this.addButton("再看" + Math.min(MORE, places.length - this.shown) + "行", this.shown + MORE);
    if (places.length > this.shown + MORE) { this.addButton("全部显示", places.length); }
  }
};

Table.prototype.addButton = function (words, shown) {
  var self = this, button = element("button", "all", words);
  button.type = "button";
  button.onclick = function () { self.shown = shown; self.show(); };
  this.buttons.appendChild(button);
};

// 合成一条的预警，里面是哪些
Table.prototype.list = function (place) { return this.table.lists ? this.table.lists[place] : null; };

function unfolding(list, line, columns) {
  var button = element("button", "unfold", list.name), under = null;
  button.type = "button";
  button.setAttribute("aria-expanded", "false");
  button.onclick = function () {
    button.setAttribute("aria-expanded", under ? "false" : "true");
    if (under) { under.parentNode.removeChild(under); under = null; return; }
    var cell = element("td", "unfolded"), lines = element("ol");
    list.lines.forEach(function (words) { lines.appendChild(element("li", "", words)); });
    cell.colSpan = columns;
    cell.appendChild(lines);
    if (list.more) { cell.appendChild(element("p", "note", list.more)); }
    under = element("tr");
    under.appendChild(cell);
    line.parentNode.insertBefore(under, line.nextSibling);
  };
  return button;
}

Table.prototype.row = function (row, list) {
  var self = this, line = element("tr");
  this.table.columns.forEach(function (column, at) {
    var cell = element("td", styled(column)), value = row[at], words = inWords(value, column.kind);
    cell.setAttribute("data-title", column.title);
    if (!words) { cell.className += " nothing"; }
    if (column.kind === "level") {
      if (value) { cell.appendChild(element("b", "level l" + LEVELS.indexOf(value), value)); }
    } else if (column.kind === "links") {
      value.forEach(function (one) {
        var link = element("a", "", one[0]);
        link.href = one[1];
        cell.appendChild(link);
        cell.appendChild(document.createTextNode(" "));
      });
    } else {
      cell.textContent = words;
      if (column.kind === "text" && words.length > 12) { cell.title = words; }
    }
    if (self.grid && typeof value === "number" && value) { cell.style.background = shade(value / self.peaks[at]); }
    if (list && at === self.opens) { cell.appendChild(unfolding(list, line, self.table.columns.length)); }
    line.appendChild(cell);
  });
  return line;
};

// 从白到浅蓝，上面的字总看得清
function shade(share) {
  function mixed(most) { return Math.round(255 - (255 - most) * share); }
  return "rgb(" + mixed(120) + "," + mixed(184) + "," + mixed(226) + ")";
}

// -- 图 ----------------------------------------------------------------------------------------------------------------

var FONT = { fontFamily: '"Microsoft YaHei","Noto Sans CJK SC",sans-serif', fontSize: 12, color: INK };

function option(more) {
  var made = { animation: false, textStyle: FONT, aria: { enabled: true, label: { enabled: false }, decal: { show: false } } };
  for (var key in more) { made[key] = more[key]; }
  return made;
}

function valueAxis(more) {
  var made = { type: "value", minInterval: 1, axisLabel: { color: SOFT, hideOverlap: true }, splitLine: { lineStyle: { color: "#e4e9ed" } } };
  for (var key in more) { made[key] = more[key]; }
  return made;
}

function names(words, more) {
  var made = {
    type: "category", data: words, inverse: true, axisTick: { show: false }, axisLine: { lineStyle: { color: LINE } },
    axisLabel: { color: INK, width: 110, overflow: "truncate", interval: 0 }
  };
  for (var key in more) { made[key] = more[key]; }
  return made;
}

function share(part, whole) { return whole ? (Math.round(part / whole * 1000) / 10).toFixed(1) + "%" : "—"; }

function bar(name, values, color, more) {
  var made = {
    type: "bar", name: name, data: values, barMaxWidth: 26, itemStyle: { color: color },
    label: { show: true, color: INK, formatter: function (one) { return one.value ? String(one.value) : ""; } }
  };
  for (var key in more) { made[key] = more[key]; }
  return made;
}

function column(rows, at) { return rows.map(function (row) { return row[at]; }); }

var draw = {
  pace: function (told) {
    var last = told.done.length - 1, end = told.days.length - 1, marks = {};
    told.phases.forEach(function (phase) { marks[phase[0]] = told.days[phase[0]] + "\n" + phase[1]; });
    if (!marks[end]) { marks[end] = told.days[end] + "\n结束"; }
    function ending(values, at, words, color, where) {
      return values.map(function (value, place) {
        if (place !== at) { return value; }
        return { value: value, symbolSize: 8, label: { show: true, position: where, color: color, fontWeight: "bold", backgroundColor: "rgba(255,255,255,.85)", padding: [1, 3], formatter: words + value + "户" } };
      });
    }
    function line(name, values, color, type) {
      return { type: "line", name: name, data: values, symbol: "circle", symbolSize: 0.01, lineStyle: { color: color, width: 3, type: type }, itemStyle: { color: color } };
    }
    var now = last >= 0 && last < end ? last : -1, behind = now >= 0 && told.due[now] > told.done[now];
    return {
      option: option({
        grid: { left: 48, right: 34, top: 28, bottom: 42 },
        xAxis: {
          type: "category", data: told.days, boundaryGap: false, axisTick: { show: false }, axisLine: { lineStyle: { color: LINE } },
          axisLabel: { color: SOFT, interval: function (at) { return Boolean(marks[at]); }, formatter: function (_, at) { return marks[at]; }, hideOverlap: true }
        },
        yAxis: valueAxis(),
        series: [
          line("应走访", ending(told.due, now >= 0 ? now : end, "应走访", SOFT, now >= 0 && !behind ? "bottom" : "top"), "#6b7a86", "dashed"),
          line("已走访", ending(told.done, last, "已走访", BLUE, now >= 0 && behind ? "bottom" : "top"), BLUE, "solid")
        ]
      }),
      keys: [["已走访", BLUE], ["按工作日推算应走访", "#6b7a86"]]
    };
  },

  units: function (told) {
    function parts(of) { return of.map(function (value, at) { return Math.min(value / told.due[at] * 100, 100); }); }
    var ends = told.names.map(function (_, at) { return share(told.done[at], told.due[at]) + "  " + told.done[at] + "/" + told.due[at]; });
    var series = [bar("已走访", parts(told.done), BLUE, { label: { show: false }, z: 3, barMaxWidth: 14 })];
    if (told.expected.length) {
      series.unshift(bar("到今天应走访", parts(told.expected), PALE, { label: { show: false }, barGap: "-100%", barMaxWidth: 14 }));
    }
    var keys = [["已走访", BLUE]];
    if (told.expected.length) { keys.push(["到今天应走访", PALE]); }
    return {
      option: option({
        grid: { left: 118, right: 106, top: 6, bottom: 26 },
        xAxis: valueAxis({ max: 100, axisLabel: { color: SOFT, formatter: "{value}%", hideOverlap: true } }),
        yAxis: [names(told.names), names(ends, { position: "right", axisLine: { show: false }, axisLabel: { color: INK, interval: 0 } })],
        series: series
      }),
      height: told.names.length * 21 + 40,
      keys: keys,
      note: told.all > told.names.length ? "共" + told.all + "个单位，图上是落后最多的" + told.names.length + "个，全部见下表" : ""
    };
  },

  states: function (rows) {
    var most = Math.max.apply(null, rows.map(function (row) { return row[1] + row[2] + row[3]; }));
    function part(at) { return column(rows, at).map(function (value) { return { value: value, label: { show: value > most * 0.06 } }; }); }
    return {
      option: stacked(column(rows, 0), [["在办", part(1), OPEN], ["待回访", part(2), RESOLVED], ["已销号", part(3), CLOSED]], PILE, 20),
      height: 150,
      keys: [["在办", OPEN], ["已办结待回访", RESOLVED], ["已销号", CLOSED]],
      note: rows.map(function (row) {
        return row[0] + (row[1] + row[2] + row[3]) + "件：在办" + row[1] + "，待回访" + row[2] + "，已销号" + row[3] +
          (row[4] ? "；另有以前登记、还没有销号的" + row[4] + "件" : "");
      }).join("。") + "。"
    };
  },

  ages: function (rows) {
    return {
      option: option({
        aria: DECALS,
        grid: { left: 44, right: 12, top: 18, bottom: 28 },
        xAxis: { type: "category", data: column(rows, 0), axisTick: { show: false }, axisLine: { lineStyle: { color: LINE } }, axisLabel: { color: INK, interval: 0, fontSize: 11 } },
        yAxis: valueAxis(),
        series: [bar("在办", column(rows, 1), OPEN, PILE), bar("待回访", column(rows, 2), RESOLVED, PILE)]
      }),
      height: 190,
      keys: [["在办", OPEN], ["已办结待回访", RESOLVED]]
    };
  },

  disputes: categories,
  suggestions: categories,

  told: function (told) {
    var rows = told.rows, ends = rows.map(function (row) { return share(row[2], row[3]) + "  " + row[2] + "/" + row[3]; });
    return {
      option: option({
        grid: { left: 150, right: 118, top: 6, bottom: 26 },
        xAxis: valueAxis({ max: 100, axisLabel: { color: SOFT, formatter: "{value}%", hideOverlap: true } }),
        yAxis: [
          names(rows.map(function (row) { return row[0] + " " + row[1]; }), { axisLabel: { color: INK, width: 142, overflow: "truncate", interval: 0 } }),
          names(ends, { position: "right", axisLine: { show: false }, axisLabel: { color: INK, interval: 0 } })
        ],
        series: [bar("户次", rows.map(function (row) { return row[2] / row[3] * 100; }), BLUE, { label: { show: false }, barMaxWidth: 14 })]
      }),
      height: rows.length * 24 + 36,
      note: told.note
    };
  }
};

var DECALS = { enabled: true, label: { enabled: false }, decal: { show: true } };
var LABEL = { show: true, color: INK, fontWeight: "bold", textBorderColor: "#fff", textBorderWidth: 3, formatter: function (one) { return one.value ? String(one.value) : ""; } };
var PILE = { stack: "all", label: LABEL };
var PLAIN_PILE = { stack: "all", label: { show: false } };

function stacked(words, parts, more, right, ends) {
  var axes = [names(words)];
  if (ends) { axes.push(names(ends, { position: "right", axisLine: { show: false }, axisLabel: { color: INK, interval: 0 } })); }
  return option({
    aria: DECALS,
    grid: { left: 118, right: right, top: 6, bottom: 26 },
    xAxis: valueAxis(),
    yAxis: axes,
    series: parts.map(function (part) { return bar(part[0], part[1], part[2], more); })
  });
}

function categories(rows) {
  var ends = rows.map(function (row) { return row[1] + row[2] + "件  未销号" + row[1]; });
  return {
    option: stacked(column(rows, 0), [["未销号", column(rows, 1), OPEN], ["已销号", column(rows, 2), CLOSED]], PLAIN_PILE, 116, ends),
    height: rows.length * 25 + 36,
    keys: [["未销号（在办、待回访）", OPEN], ["已销号", CLOSED]]
  };
}

function drawChart(box) {
  var name = box.getAttribute("data-chart"), told = data.charts[name], figure = box.parentNode;
  if (!told) {
    figure.hidden = true;
    box.setAttribute("data-state", "nothing");
    return;
  }
  var made = draw[name](told);
  if (made.height) { box.style.height = made.height + "px"; }
  var chart = echarts.init(box, null, { renderer: "canvas", devicePixelRatio: Math.max(2, window.devicePixelRatio || 1) });
  chart.setOption(made.option);
  charts.push(chart);
  if (made.keys) {
    var keys = element("p", "keys");
    made.keys.forEach(function (key) {
      var one = element("span", ""), mark = element("i");
      mark.style.background = key[1];
      one.appendChild(mark);
      one.appendChild(document.createTextNode(key[0]));
      keys.appendChild(one);
    });
    figure.appendChild(keys);
  }
  if (made.note) { figure.appendChild(element("p", "note", made.note)); }
  box.setAttribute("data-state", "drawn");
}

// -- 开始 --------------------------------------------------------------------------------------------------------------

function each(selector, what) { Array.prototype.forEach.call(document.querySelectorAll(selector), what); }

function hideEmptyParts() {
  each("#drawn .charts", function (part) {
    var shown = Array.prototype.some.call(part.children, function (figure) { return !figure.hidden; });
    if (!shown) { part.appendChild(element("p", "note", "还没有可以画的数")); }
  });
}

lookAtTheClock();
setInterval(lookAtTheClock, 60000);
document.getElementById("drawn").hidden = false;
var jobs = [];
each("[data-chart]", function (box) { jobs.push(function () { drawChart(box); }); });
each("[data-table]", function (box) {
  var table = data.tables[box.getAttribute("data-table")];
  if (table) { jobs.push(function () { new Table(box, table); }); }
});

// 一次做一件，先让人看到第一屏
function next() {
  var job = jobs.shift();
  if (!job) {
    hideEmptyParts();
    document.body.setAttribute("data-ready", "yes");
    return;
  }
  job();
  setTimeout(next, 0);
}
setTimeout(next, 0);

var resizing = 0;
window.addEventListener("resize", function () {
  clearTimeout(resizing);
  resizing = setTimeout(function () { charts.forEach(function (chart) { chart.resize(); }); }, 150);
});
})();
