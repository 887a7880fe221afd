'use strict';
// Draws each <figure data-chart> of the page from the JSON beside it. Vega evaluates its expressions
// with its interpreter, so that the page's security policy can forbid eval.
(() => {
  const {parse} = vegaModules['vega-parser'];
  const {View} = vegaModules['vega-view'];
  const {expressionInterpreter} = vegaModules['vega-interpreter'];
  const {expressionFunction} = vegaModules['vega-functions'];
  Object.assign(vegaModules['vega-dataflow'].transforms, vegaModules['vega-transforms'],
                vegaModules['vega-view-transforms'], vegaModules['vega-encode']);

  const whole = JSON.parse(document.getElementById('document').textContent);
  const reports = whole.parts || [whole];
  const reportOf = (figure) => reports[Number(figure.dataset.part)];
  const tooltip = document.getElementById('tooltip');
  // What a screen reader says: of the keys only, for a pointer passes over much.
  const said = document.getElementById('said');

  // The same ladders as the text report's.
  const ladders = [
    [1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']],
    [1000, ['ns', 'us', 'ms', 's']],
    [1000, ['B/s', 'kB/s', 'MB/s', 'GB/s', 'TB/s', 'PB/s']],
    [1000, ['Hz', 'kHz', 'MHz', 'GHz', 'THz']],
  ];
  const ladderOf = (unit) => ladders.find(([, units]) => units[0] === unit);

  function digits(value) {
    const size = Math.abs(value);
    if (size === 0) return '0';
    if (size >= 1e15 || size < 1e-6) return value.toExponential(2);
    return value.toFixed(Math.min(20, Math.max(0, 2 - Math.floor(Math.log10(size)))));
  }

  function quantity(value, unit, number = digits) {
    if (value === null || !Number.isFinite(value)) return 'n/a';
    if (unit === 'ratio' || unit === 'x') return number(value) + 'x';
    if (unit === 'percent') return number(value) + ' %';
    if (unit === 'percent_change') {
      const shown = Math.abs(value) < 0.005 ? 0 : value;
      return (shown < 0 ? '' : '+') + shown.toFixed(2) + ' %';
    }
    const ladder = ladderOf(unit);
    if (!ladder) return unit ? `${number(value)} ${unit}` : number(value);
    const [step, units] = ladder;
    const whole = Number.isInteger(value) && value >= 0;
    let rung = 0;
    let scaled = value;
    while (rung + 1 < units.length && Math.abs(scaled) >= step) {
      scaled /= step;
      ++rung;
    }
    // A size that is no round number of its unit is an edge: every byte of it counts.
    if (unit === 'B' && whole) return Number.isInteger(scaled * 4) ? `${scaled} ${units[rung]}` : `${value} B`;
    return `${number(scaled)} ${units[rung]}`;
  }
  // A whole number is often exact: 16384 is no 16380.
  const short = (value) => String(Number.isInteger(value) && Math.abs(value) < 1e7 ? value : Number(value.toPrecision(4)));
  const plain = (value, unit) => unit ? quantity(value, unit) : short(value);
  expressionFunction('tickText', (value, unit) => {
    const scaled = ladderOf(unit) || unit === 'ratio' || unit === 'x';
    return value === 0 ? '0' : quantity(value, scaled ? unit : '', short);
  });

  // Powers, thinned out when there are many; 1-2-5 steps while a decade or two is all there is.
  function logTicks(low, high, base, most) {
    const first = Math.ceil(Math.log(low) / Math.log(base) - 1e-9);
    const last = Math.floor(Math.log(high) / Math.log(base) + 1e-9);
    const ticks = [];
    if (base === 10 && last - first < 3) {
      for (let i = first - 1; i <= last; ++i) ticks.push(10 ** i, 2 * 10 ** i, 5 * 10 ** i);
      return ticks.filter((v) => v >= low && v <= high);
    }
    const step = Math.max(1, Math.ceil((last - first + 1) / most));
    for (let i = first; i <= last; i += step) ticks.push(base ** i);
    return ticks;
  }

  // 1-2-5 steps, as many as there is room for.
  function linearTicks(low, high, most) {
    const power = 10 ** Math.floor(Math.log10((high - low) / most));
    for (const step of [1, 2, 5, 10, 20].map((factor) => factor * power)) {
      const first = Math.ceil(low / step);
      const count = Math.floor(high / step) - first + 1;
      if (count <= most) return Array.from({length: count}, (_, i) => (first + i) * step);
    }
    return [];
  }

  // The marks of an axis. Sizes are read in powers of two; for other linear axes Vega's are right.
  function tickOptions(low, high, unit, scale, most) {
    if (scale.log && low < high) {
      const from = scale.aboveZero || low;
      const values = logTicks(from, high, unit === 'B' ? 2 : 10, scale.aboveZero ? most - 1 : most);
      if (scale.aboveZero) return {values: [0, ...values]};
      if (values.length > 1) return {values};
      // Within a decade, such as ratios around 1.
      if (unit !== 'B') return {values: linearTicks(low, high, most)};
    }
    if (unit !== 'B' || low >= high) return {tickCount: most};
    const step = 2 ** Math.ceil(Math.log2((high - low) / most));
    const values = [];
    for (let v = Math.ceil(low / step) * step; v <= high; v += step) values.push(v);
    return {values};
  }

  // What kind of scale shows these values. A logarithm has no 0: where there is one, the scale is nearly a
  // logarithm, log(1 + x / constant), with a decade from 0 to the smallest value above it.
  function scaleOf(values, log) {
    const positive = values.filter((v) => v > 0);
    if (!log || positive.length === 0) return {log: false, type: {type: 'linear'}};
    if (!values.includes(0)) return {log: true, type: {type: 'log'}};
    const [aboveZero] = extent(positive);
    return {log: true, aboveZero, type: {type: 'symlog', constant: aboveZero / 9}};
  }

  // The span of an axis: a single value gets room on both sides, a logarithm a little above and below.
  function domainOf(values, log, fromZero) {
    const [low, high] = extent(values);
    if (low === high) return log ? [low / 2, high * 2] : [low - (Math.abs(low) / 2 || 1), high + (Math.abs(low) / 2 || 1)];
    return [fromZero && low > 0 ? 0 : low, high];
  }

  // The names of places on an axis, each beside its line and below those that it would overlap.
  function placedMarks(marks, scale, [low, high], width) {
    const level = {log: Math.log, symlog: (x) => Math.log1p(x / scale.type.constant), linear: (x) => x}[scale.type.type];
    const placed = [];
    for (const mark of marks.filter((one) => one.at >= low && one.at <= high).sort((a, b) => a.at - b.at)) {
      const text = visible(mark.text);
      const length = 7 * text.length;
      // Of the width, the axis to the left takes some.
      const x = (level(mark.at) - level(low)) / (level(high) - level(low)) * (width - 80);
      const left = x > length + 5;
      const [from, to] = left ? [x - 5 - length, x - 5] : [x + 5, x + 5 + length];
      let y = 12;
      while (placed.some((one) => one.y === y && one.from < to && from < one.to)) y += 16;
      placed.push({at: mark.at, text, from, to, y, align: left ? 'right' : 'left', offset: left ? -5 : 5});
    }
    return placed;
  }

  // In full columns: Vega fills them from the top, and puts what is left over out of order.
  const legendRows = (count, width) => Math.ceil(count / Math.max(1, Math.floor(width / 200)));
  const legendColumns = (count, width) => Math.ceil(count / legendRows(count, width));
  // What a legend takes below its first line, so that it takes nothing from the chart.
  const legendHeight = (count, width) => 15 * Math.max(0, legendRows(count, width) - 1);

  const extent = (values) =>
      values.reduce(([low, high], v) => [Math.min(low, v), Math.max(high, v)], [Infinity, -Infinity]);

  function theme() {
    const style = getComputedStyle(document.documentElement);
    const color = (name) => style.getPropertyValue(name).trim();
    return {text: color('--text'), muted: color('--muted'), grid: color('--grid'), line: color('--line'),
            unmeasured: color('--unmeasured'), series: color('--series').split(' ')};
  }

  function config(colors) {
    const font = getComputedStyle(document.body).fontFamily;
    const text = {labelFont: font, titleFont: font, labelColor: colors.muted, titleColor: colors.text,
                  labelFontSize: 12, titleFontSize: 12, titleFontWeight: 500};
    return {background: null,
            axis: {...text, gridColor: colors.grid, domainColor: colors.line, tickColor: colors.line,
                   titlePadding: 10, labelPadding: 5},
            legend: {...text, symbolStrokeWidth: 3}};
  }

  // Control and bidirectional characters as escapes, as everywhere in the page.
  const visible = (text) => text.replace(
      /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
      (c) => '\\u' + c.charCodeAt(0).toString(16).padStart(4, '0'));
  for (const one of reports.flatMap((report) => [...report.series, ...report.heatmaps])) {
    for (const key of ['x_label', 'y_label', 'x_unit', 'unit']) {
      if (key in one) one[key] = visible(one[key]);
    }
  }

  const axisTitle = (label, unit) =>
      !unit || ladderOf(unit) || unit === 'ratio' || unit === 'x' ? label : `${label} [${unit}]`.trim();

  function axis(orient, scale, title, unit, titleLimit, options) {
    return {orient, scale, title, titleLimit, grid: true, labelOverlap: true,
            encode: {labels: {update: {text: {signal: `tickText(datum.value, ${JSON.stringify(unit)})`}}}},
            ...options};
  }

  function lineChart(figure, width) {
    const series = figure.dataset.indices.split(' ').map((i) => reportOf(figure).series[i]);
    const names = figure.dataset.names.split('\t');
    const first = series[0];
    const all = series.flatMap((one) => one.points.filter((p) => p.x !== null && p.median !== null));
    const xScale = scaleOf(all.map((p) => p.x), first.x_log);
    const yScale = scaleOf(all.map((p) => p.median), first.y_log);
    const shown = (p) => p.x !== null && p.median !== null && (!xScale.log || p.x >= 0) &&
        (!yScale.log || p.median >= 0);
    const points = [];
    series.forEach((one, i) => one.points.filter(shown).forEach((p) => {
      const interval = p.low !== null && p.high !== null && (!yScale.log || p.low > 0 || (p.low === 0 && yScale.aboveZero));
      points.push({x: p.x, y: p.median, low: interval ? p.low : p.median, high: interval ? p.high : p.median,
                   name: `${i}`, count: p.count});
    }));
    if (points.length === 0) return null;
    const xs = [...new Set(points.map((p) => p.x))].sort((a, b) => a - b);
    const ys = points.flatMap((p) => [p.low, p.high]);
    const colors = theme();
    const keys = names.map((_, i) => `${i}`);
    const stroke = {scale: 'color', field: 'name'};
    const place = {x: {scale: 'x', field: 'x'}, y: {scale: 'y', field: 'y'}};
    const xDomain = domainOf(xs, xScale.log, false);
    const marks = placedMarks(series.flatMap((one) => one.marks || []), xScale, xDomain, width);
    const [low, high] = domainOf(ys, yScale.log, !yScale.log);
    const room = (high / (yScale.aboveZero || low)) ** .04;
    const yDomain = yScale.log ? [low / room, high * room] : [low, high];
    const spec = {
      width, height: 340 + legendHeight(series.length, width), padding: 4, autosize: {type: 'fit', contains: 'padding'},
      description: figure.querySelector('figcaption').textContent,
      signals: [{name: 'hover', value: null}],
      data: [{name: 'points', values: points}, {name: 'hovered', values: []}, {name: 'marks', values: marks}],
      scales: [
        {name: 'x', ...xScale.type, range: 'width', domain: xDomain, zero: false, nice: false, padding: 6},
        {name: 'y', ...yScale.type, range: 'height', domain: yDomain, zero: false, nice: !yScale.log},
        {name: 'color', type: 'ordinal', domain: keys, range: colors.series},
      ],
      axes: [
        axis('bottom', 'x', axisTitle(first.x_label, first.x_unit), first.x_unit, width - 80,
             tickOptions(...xDomain, first.x_unit, xScale, Math.max(2, Math.floor(width / 90)))),
        axis('left', 'y', axisTitle('', first.unit), first.unit, 240,
             tickOptions(...yDomain, first.unit, yScale, 6)),
      ],
      legends: series.length < 2 ? [] : [{
        stroke: 'color', symbolType: 'stroke', orient: 'bottom', columns: legendColumns(series.length, width),
        encode: {labels: {update: {text: {signal: `legendText(datum.value, ${JSON.stringify(figure.id)})`}}}},
      }],
      marks: [
        {type: 'group', from: {facet: {name: 'one', data: 'points', groupby: 'name'}}, marks: [
          {type: 'area', interactive: false, from: {data: 'one'},
           encode: {update: {x: {scale: 'x', field: 'x'}, y: {scale: 'y', field: 'low'},
                             y2: {scale: 'y', field: 'high'}, fill: stroke, fillOpacity: {value: .18}}}},
          {type: 'line', interactive: false, from: {data: 'one'},
           encode: {update: {...place, stroke, strokeWidth: {value: 2}, strokeJoin: {value: 'round'}}}},
          ...(xs.length <= 40 ? [{type: 'symbol', interactive: false, from: {data: 'one'},
           encode: {update: {...place, fill: stroke, size: {value: 28}}}}] : []),
        ]},
        {type: 'rule', name: 'named-place', interactive: false, from: {data: 'marks'},
         encode: {update: {x: {scale: 'x', field: 'at'}, y: {value: 0}, y2: {signal: 'height'},
                           stroke: {value: colors.muted}, strokeDash: {value: [4, 4]}}}},
        {type: 'text', name: 'name-of-place', interactive: false, from: {data: 'marks'},
         encode: {update: {x: {scale: 'x', field: 'at', offset: {field: 'offset'}}, y: {field: 'y'}, align: {field: 'align'},
                           text: {field: 'text'}, fill: {value: colors.text}, fontSize: {value: 12}}}},
        {type: 'rule', interactive: false,
         encode: {update: {x: {scale: 'x', signal: 'hover'}, y: {value: 0}, y2: {signal: 'height'},
                           stroke: {value: colors.muted}, opacity: {signal: 'hover === null ? 0 : 0.6'}}}},
        {type: 'symbol', interactive: false, from: {data: 'hovered'},
         encode: {update: {...place, fill: stroke, size: {value: 70}, stroke: {value: colors.text}}}},
      ],
    };
    return {
      spec, count: [xs.length, 1], renderer: points.length > 20000 ? 'canvas' : 'svg',
      // The nearest x on the screen, so also on a logarithmic axis.
      at(view, px) {
        const scale = view.scale('x');
        let best = 0;
        xs.forEach((x, i) => { if (Math.abs(scale(x) - px) < Math.abs(scale(xs[best]) - px)) best = i; });
        return [best, 0];
      },
      show(view, [i]) {
        const rows = points.filter((p) => p.x === xs[i]);
        view.signal('hover', xs[i]).data('hovered', rows).run();
        return {
          left: view.scale('x')(xs[i]), top: Math.min(...rows.map((p) => view.scale('y')(p.y))),
          title: `${first.x_label}: ${plain(xs[i], first.x_unit)}`,
          rows: rows.map((p) => ({
            color: colors.series[Number(p.name) % colors.series.length], name: names[Number(p.name)],
            value: quantity(p.y, first.unit) + (p.low < p.high ?
                ` (${quantity(p.low, first.unit)} to ${quantity(p.high, first.unit)})` : '')})),
        };
      },
      hide: (view) => view.signal('hover', null).data('hovered', []).run(),
    };
  }
  expressionFunction('legendText', (value, id) =>
      document.getElementById(id).dataset.names.split('\t')[Number(value)]);

  function heatChart(figure, width) {
    const map = reportOf(figure).heatmaps[Number(figure.dataset.indices)];
    const cells = [];
    map.values.forEach((row, r) => row.forEach((value, c) => cells.push(
        {c, r, value: value === null || (map.log && value < 0) ? null : value})));
    const measured = cells.filter((cell) => cell.value !== null).map((cell) => cell.value);
    if (measured.length === 0) return null;
    const [low, high] = map.unit === 'percent' ? [0, 100] : extent(measured);
    const scale = scaleOf(measured, map.log && low < high);
    const colors = theme();
    const every = (count, room) => Math.max(1, 2 ** Math.ceil(Math.log2(count / Math.max(1, room))));
    const columns = map.x.map((_, i) => i);
    const rows = map.y.map((_, i) => i);
    const height = Math.min(520, Math.max(120, rows.length * 22));
    const labelled = (list, room) => list.filter((i) => i % every(list.length, room) === 0);
    const labels = (name) =>
        ({labels: {update: {text: {signal: `cellText(datum.value, ${JSON.stringify(figure.id)}, '${name}')`}}}});
    const box = {x: {scale: 'x', field: 'c'}, width: {scale: 'x', band: 1},
                 y: {scale: 'y', field: 'r'}, height: {scale: 'y', band: 1}};
    const spec = {
      width, height: height + 110, padding: 4, autosize: {type: 'fit', contains: 'padding'},
      description: figure.querySelector('figcaption').textContent,
      data: [{name: 'cells', values: cells}, {name: 'hovered', values: []}],
      scales: [
        {name: 'x', type: 'band', domain: columns, range: 'width'},
        {name: 'y', type: 'band', domain: rows, range: 'height'},
        {name: 'color', ...scale.type, domain: [low, high],
         range: {scheme: 'viridis'}, zero: false, nice: false},
      ],
      axes: [
        {orient: 'bottom', scale: 'x', title: map.x_label, titleLimit: width / 2, labelOverlap: true, values: labelled(columns, width / 45), encode: labels('x')},
        {orient: 'left', scale: 'y', title: map.y_label, titleLimit: height, labelLimit: Math.min(180, width / 3), values: labelled(rows, height / 18), encode: labels('y')},
      ],
      legends: [{fill: 'color', type: 'gradient', orient: 'bottom', direction: 'horizontal', titleLimit: width / 2, labelLimit: 80,
                 title: axisTitle(map.log ? 'logarithmic' : 'linear', map.unit) || null,
                 gradientLength: Math.min(320, width / 2 - 10), gradientThickness: 12, ...tickOptions(low, high, map.unit, scale, 5),
                 encode: {labels: {update: {text: {
                   signal: `tickText(datum.value, ${JSON.stringify(map.unit)})`}}}}}],
      marks: [
        {type: 'rect', name: 'cell', interactive: false, from: {data: 'cells'},
         encode: {update: {...box, fill: [
           {test: 'datum.value === null', value: colors.unmeasured}, {scale: 'color', field: 'value'}]}}},
        {type: 'rect', interactive: false, from: {data: 'hovered'},
         encode: {update: {...box, fill: {value: null}, stroke: {value: colors.text}, strokeWidth: {value: 2}}}},
      ],
    };
    const index = (position, size, count) => Math.min(count - 1, Math.max(0, Math.floor(position / size * count)));
    return {
      spec, count: [columns.length, rows.length], renderer: cells.length > 20000 ? 'canvas' : 'svg',
      at: (view, px, py) => [index(px, view.width(), columns.length), index(py, view.height(), rows.length)],
      show(view, [c, r]) {
        view.data('hovered', [{c, r}]).run();
        const value = map.values[r][c];
        return {
          left: view.scale('x')(c) + view.scale('x').bandwidth(), top: view.scale('y')(r),
          title: value === null ? 'not measured' : quantity(value, map.unit),
          rows: [{name: map.x_label, value: short(map.x[c])}, {name: map.y_label, value: cellLabel(map, 'y', r)}],
        };
      },
      hide: (view) => view.data('hovered', []).run(),
    };
  }
  const cellLabel = (map, name, index) =>
      name === 'y' && map.y_names ? map.y_names[index] : short(map[name][index]);
  expressionFunction('cellText', (index, id, name) => {
    const figure = document.getElementById(id);
    return cellLabel(reportOf(figure).heatmaps[Number(figure.dataset.indices)], name, index);
  });

  // A row for each metric: every sample a dot, spread over the row so that none hides another, the
  // median a line, its interval a band.
  function dotChart(figure, width) {
    const metrics = figure.dataset.indices.split(' ').map((i) => reportOf(figure).metrics[i]);
    const names = figure.dataset.names.split('\t');
    const unit = visible(metrics[0].unit);
    const seconds = unit === 's';
    const shown = (value) => value === null ? null : seconds ? value * 1e9 : value;
    const shownUnit = seconds ? 'ns' : unit;
    const rowHeight = 64;
    const dots = [];
    metrics.forEach((metric, r) => metric.samples.forEach((value, i) => {
      if (value !== null) dots.push({x: shown(value), r, i, spread: (i * 0.618034) % 1});
    }));
    if (dots.length === 0) return null;
    const rows = metrics.map((metric, r) => ({r, x: shown(metric.median), low: shown(metric.low ?? metric.median),
                                              high: shown(metric.high ?? metric.median)}))
        .filter((row) => row.x !== null);
    const colors = theme();
    const same = unit === 'ratio' ? [{at: 1}] : [];
    const domain = domainOf([...dots.map((d) => d.x), ...rows.flatMap((r) => [r.low, r.high]), ...same.map((s) => s.at)],
                            false, false);
    const y = {scale: 'y', field: 'r'};
    const color = {scale: 'color', field: 'r'};
    const height = rowHeight * metrics.length;
    const spec = {
      width, height: height + 50, padding: 4, autosize: {type: 'fit', contains: 'padding'},
      description: figure.querySelector('figcaption').textContent,
      data: [{name: 'dots', values: dots}, {name: 'rows', values: rows}, {name: 'same', values: same},
             {name: 'hovered', values: []}],
      scales: [
        {name: 'x', type: 'linear', range: 'width', domain, zero: false, nice: false, padding: 8},
        {name: 'y', type: 'band', range: 'height', domain: metrics.map((_, i) => i), padding: .2},
        {name: 'color', type: 'ordinal', domain: metrics.map((_, i) => i), range: colors.series},
      ],
      axes: [
        axis('bottom', 'x', axisTitle('', shownUnit), shownUnit, width - 80,
             tickOptions(...domain, shownUnit, {log: false}, Math.max(2, Math.floor(width / 110)))),
        {orient: 'left', scale: 'y', labelLimit: Math.floor(width / 3),
         encode: {labels: {update: {text: {signal: `legendText(datum.value, ${JSON.stringify(figure.id)})`}}}}},
      ],
      marks: [
        {type: 'rule', interactive: false, from: {data: 'same'},
         encode: {update: {x: {scale: 'x', field: 'at'}, y: {value: 0}, y2: {signal: 'height'},
                           stroke: {value: colors.muted}, strokeDash: {value: [4, 4]}}}},
        {type: 'rect', name: 'interval', interactive: false, from: {data: 'rows'},
         encode: {update: {x: {scale: 'x', field: 'low'}, x2: {scale: 'x', field: 'high'}, y,
                           height: {scale: 'y', band: 1}, fill: color, fillOpacity: {value: .22}}}},
        {type: 'symbol', name: 'dot', interactive: false, from: {data: 'dots'},
         encode: {update: {x: {scale: 'x', field: 'x'},
                           y: {scale: 'y', field: 'r', offset: {scale: 'y', band: 1, mult: {field: 'spread'}}},
                           fill: color, fillOpacity: {value: .65}, size: {value: 26}}}},
        {type: 'rect', name: 'median', interactive: false, from: {data: 'rows'},
         encode: {update: {x: {scale: 'x', field: 'x', offset: -1}, width: {value: 2}, y,
                           height: {scale: 'y', band: 1}, fill: {value: colors.text}}}},
        {type: 'rule', interactive: false, from: {data: 'hovered'},
         encode: {update: {x: {scale: 'x', field: 'x'}, y, y2: {scale: 'y', field: 'r', band: 1},
                           stroke: {value: colors.text}, strokeWidth: {value: 2}}}},
      ],
    };
    const sorted = metrics.map((_, r) => dots.filter((d) => d.r === r).sort((a, b) => a.x - b.x));
    return {
      spec, count: [Math.max(...sorted.map((row) => row.length)), metrics.length],
      renderer: dots.length > 5000 ? 'canvas' : 'svg',
      at(view, px, py) {
        const r = Math.min(metrics.length - 1, Math.max(0, Math.floor(py / view.height() * metrics.length)));
        const scale = view.scale('x');
        let best = 0;
        sorted[r].forEach((d, i) => {
          if (Math.abs(scale(d.x) - px) < Math.abs(scale(sorted[r][best].x) - px)) best = i;
        });
        return [best, r];
      },
      show(view, [i, r]) {
        const dot = sorted[r][Math.min(i, sorted[r].length - 1)];
        const metric = metrics[r];
        if (dot) view.data('hovered', [dot]).run();
        const value = (v) => quantity(shown(v), shownUnit);
        const interval = metric.low !== null && metric.high !== null && metric.low < metric.high;
        return {
          left: dot ? view.scale('x')(dot.x) : 0, top: view.scale('y')(r),
          title: names[r],
          rows: [...(dot ? [{name: `run ${dot.i + 1}`, value: quantity(dot.x, shownUnit)}] : []),
                 {name: 'median', value: value(metric.median) +
                     (interval ? ` (${value(metric.low)} to ${value(metric.high)})` : '')}],
        };
      },
      hide: (view) => view.data('hovered', []).run(),
    };
  }

  // The rows of a table as bars over time: lanes upwards, so that their top is how many there were at
  // the same time.
  function timelineChart(figure, width) {
    const table = reportOf(figure).tables[Number(figure.dataset.indices)];
    const place = (name) => table.columns.findIndex((column) => column.name === name);
    const [begin, length, lane, kind] = ['begin', 'length', 'lane', 'kind'].map((key) => place(table.time_bars[key]));
    const unit = visible(table.columns[begin].unit);
    const kinds = [];
    const bars = [];
    table.rows.forEach((row) => {
      if (![begin, length, lane].every((i) => Number.isFinite(row[i]) && row[i] >= 0) || row[lane] > 1e6) return;
      const name = visible(String(row[kind] ?? 'n/a'));
      if (!kinds.includes(name)) kinds.push(name);
      bars.push({x: row[begin], x2: row[begin] + row[length], y: row[lane], kind: `${kinds.indexOf(name)}`, row});
    });
    if (bars.length === 0) return null;
    bars.sort((a, b) => a.x - b.x);
    bars.forEach((bar, i) => { bar.i = i; });
    figure.dataset.names = kinds.join('\t');
    const lanes = Math.max(...bars.map((bar) => bar.y)) + 1;
    const height = Math.min(420, Math.max(60, lanes * 20));
    const gap = height / lanes > 5 ? 1 : 0;
    const colors = theme();
    const color = {scale: 'color', field: 'kind'};
    const domain = domainOf(bars.flatMap((bar) => [bar.x, bar.x2]), false, false);
    // What is too short to be seen is a line.
    const box = {x: {scale: 'x', field: 'x'}, width: {signal: "max(1.5, scale('x', datum.x2) - scale('x', datum.x))"},
                 y: {signal: `scale('y', datum.y + 1) + ${gap}`}, y2: {scale: 'y', field: 'y'}};
    const spec = {
      width, height: height + 90 + legendHeight(kinds.length, width), padding: 4, autosize: {type: 'fit', contains: 'padding'},
      description: figure.querySelector('figcaption').textContent,
      data: [{name: 'bars', values: bars.map(({x, x2, y, kind}) => ({x, x2, y, kind}))}, {name: 'hovered', values: []}],
      scales: [
        {name: 'x', type: 'linear', range: 'width', domain, zero: false, nice: false, padding: 2},
        {name: 'y', type: 'linear', range: 'height', domain: [0, lanes], zero: true, nice: false},
        {name: 'color', type: 'ordinal', domain: kinds.map((_, i) => `${i}`), range: colors.series},
      ],
      axes: [
        axis('bottom', 'x', axisTitle(visible(table.columns[begin].name.replaceAll('_', ' ')), unit), unit, width - 80,
             tickOptions(...domain, unit, {log: false}, Math.max(2, Math.floor(width / 110)))),
        axis('left', 'y', 'at once', '', height, {tickCount: Math.min(lanes, 6), tickMinStep: 1}),
      ],
      legends: [{
        fill: 'color', symbolType: 'square', symbolStrokeWidth: 0, orient: 'bottom',
        columns: legendColumns(kinds.length, width),
        encode: {labels: {update: {text: {signal: `legendText(datum.value, ${JSON.stringify(figure.id)})`}}}},
      }],
      marks: [
        {type: 'rect', name: 'time-bar', interactive: false, from: {data: 'bars'}, encode: {update: {...box, fill: color}}},
        {type: 'rect', interactive: false, from: {data: 'hovered'},
         encode: {update: {...box, fill: {value: null}, stroke: {value: colors.text}, strokeWidth: {value: 2}}}},
      ],
    };
    const inLane = (y) => bars.filter((bar) => bar.y === y);
    // The bar that is nearest to a time, 0 away when it is in it.
    const nearest = (list, time) => list.reduce((best, bar) => {
      const away = (one) => Math.max(one.x - time, time - one.x2, 0);
      return best === null || away(bar) < away(best) ? bar : best;
    }, null);
    return {
      spec, renderer: bars.length > 5000 ? 'canvas' : 'svg',
      at(view, px, py) {
        const y = Math.min(lanes - 1, Math.max(0, Math.floor(view.scale('y').invert(py))));
        return [nearest(inLane(y).length ? inLane(y) : bars, view.scale('x').invert(px)).i];
      },
      step([i], [dx, dy]) {
        if (dx !== 0) return [Math.min(bars.length - 1, Math.max(0, i + dx))];
        const list = inLane(bars[i].y - dy);
        return [list.length ? nearest(list, bars[i].x).i : i];
      },
      show(view, [i]) {
        const bar = bars[i];
        view.data('hovered', [bar]).run();
        const text = (value, unit) => typeof value === 'number' ? plain(value, unit) : visible(String(value));
        return {
          left: view.scale('x')(bar.x), top: view.scale('y')(bar.y + 1), title: kinds[Number(bar.kind)],
          rows: table.columns.map((column, c) => ({column, value: bar.row[c]}))
              .filter(({value}, c) => c !== lane && c !== kind && value !== null)
              .map(({column, value}) => ({name: visible(column.name.replaceAll('_', ' ')), value: text(value, column.unit)})),
        };
      },
      hide: (view) => view.data('hovered', []).run(),
    };
  }

  function showTooltip(container, view, answer) {
    tooltip.replaceChildren();
    const title = document.createElement('strong');
    title.textContent = answer.title;
    const table = document.createElement('table');
    for (const row of answer.rows) {
      const line = table.insertRow();
      const name = document.createElement('th');
      if (row.color) {
        const swatch = document.createElement('span');
        swatch.className = 'swatch';
        swatch.style.background = row.color;
        name.append(swatch);
      }
      name.append(row.name);
      line.append(name);
      line.insertCell().textContent = row.value;
    }
    tooltip.append(title, table);
    tooltip.hidden = false;
    const box = container.getBoundingClientRect();
    const [x, y] = view.origin();
    const size = tooltip.getBoundingClientRect();
    const left = box.left + x + answer.left + 14;
    const fits = left + size.width < document.documentElement.clientWidth;
    tooltip.style.left = `${Math.max(4, fits ? left : left - size.width - 28)}px`;
    tooltip.style.top = `${Math.max(4, box.top + y + answer.top - size.height - 8)}px`;
  }

  // One drawn chart: the pointer and the arrow keys choose a value, Escape lets it go.
  function attach(container) {
    const state = {chart: null, view: null, chosen: null};
    const choose = (chosen) => {
      state.chosen = chosen;
      showTooltip(container, state.view, state.chart.show(state.view, chosen));
    };
    const release = () => {
      if (state.chosen === null) return;
      state.chosen = null;
      tooltip.hidden = true;
      state.chart.hide(state.view);
    };
    container.addEventListener('pointermove', (event) => {
      if (!state.chart) return;
      const box = container.getBoundingClientRect();
      const [x, y] = state.view.origin();
      const px = event.clientX - box.left - x;
      const py = event.clientY - box.top - y;
      if (px < -4 || py < -4 || px > state.view.width() + 4 || py > state.view.height() + 4) return release();
      choose(state.chart.at(state.view, px, py));
    });
    container.addEventListener('pointerleave', release);
    container.addEventListener('blur', release);
    container.addEventListener('keydown', (event) => {
      const step = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]}[event.key];
      if (event.key === 'Escape') return release();
      if (!step || !state.chart) return;
      event.preventDefault();
      const limit = (value, count) => Math.min(count - 1, Math.max(0, value));
      if (state.chosen === null) {
        choose([0, 0]);
      } else {
        choose(state.chart.step ? state.chart.step(state.chosen, step) :
                                  state.chosen.map((v, i) => limit(v + step[i], state.chart.count[i])));
      }
      said.textContent = [...tooltip.querySelectorAll('strong, tr')]
          .map((line) => [...(line.cells || [line])].map((cell) => cell.textContent).join(' ')).join(', ');
    });
    return state;
  }

  const figures = [...document.querySelectorAll('figure[data-chart]')].map((figure, i) => {
    figure.id = `figure-${i}`;
    const container = figure.querySelector('.chart');
    container.tabIndex = 0;
    container.setAttribute('role', 'application');
    container.setAttribute('aria-label', `Chart: ${figure.querySelector('figcaption').textContent}`);
    const summary = figure.querySelector('summary');
    summary.id = `values-${i}`;
    container.setAttribute('aria-roledescription', 'chart, arrow keys read its values');
    container.setAttribute('aria-describedby', summary.id);
    return {figure, container, state: attach(container), width: 0};
  });

  function draw({figure, container, state}) {
    if (state.view) state.view.finalize();
    const width = Math.max(260, Math.floor(container.clientWidth));
    state.chosen = null;
    state.chart = {heat: heatChart, dots: dotChart, line: lineChart, timeline: timelineChart}[figure.dataset.chart](figure, width);
    if (!state.chart) {
      container.textContent = 'Nothing was measured here.';
      return;
    }
    const runtime = parse(state.chart.spec, config(theme()), {ast: true});
    state.view = new View(runtime, {expr: expressionInterpreter, renderer: state.chart.renderer});
    state.view.initialize(container).run();
    // Its name is the container's, its values are read by the keys and in the table.
    for (const drawn of container.querySelectorAll('svg, canvas')) drawn.setAttribute('aria-hidden', 'true');
  }

  const drawAll = () => figures.forEach(draw);
  new ResizeObserver(() => figures.forEach((one) => {
    if (one.container.clientWidth === one.width) return;
    one.width = one.container.clientWidth;
    draw(one);
  })).observe(document.querySelector('main'));
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll);
  // Print has its own colours and width, which the page's style chooses.
  matchMedia('print').addEventListener('change', drawAll);
})();
