"""report_page.py RENDER GOLDEN_FOLDER: the HTML report as a browser without a network shows it.

Exits with 77, which CTest counts as skipped, where there is no Chromium.
"""
import copy
import json
import os
import pathlib
import subprocess
import sys
import tempfile

from devtools import Page, find_chromium

SKIPPED = 77
BOX = """(() => {{
  const chart = document.querySelectorAll('.chart')[{0}];
  chart.scrollIntoView({{block: 'center'}});
  const box = (chart.querySelector('.cell') || chart.querySelector('.mark-rule') || chart).getBoundingClientRect();
  return [box.left, box.top, box.width, box.height];
}})()"""
TOOLTIP = "(t => t.hidden ? '' : t.innerText)(document.getElementById('tooltip'))"


def expect(condition, what):
    if not condition:
        raise AssertionError(what)


def expect_quiet(page, path):
    """Nothing was complained about, and nothing but the file itself was asked for."""
    expect(not page.complaints(), f"{path}: the console says {page.complaints()}")
    others = [url for url in page.requests() if url != "file://" + path and not url.startswith("data:")]
    expect(not others, f"{path}: requests {others}")


def check_heat_map(page):
    cells = page.evaluate("document.querySelectorAll('.chart .cell path').length")
    expect(cells == 64 * 16, f"{cells} cells are drawn, not 64 x 16")
    colors = page.evaluate(
        "new Set([...document.querySelectorAll('.chart .cell path')].map(p => p.getAttribute('fill'))).size")
    expect(colors > 20, f"the cells have {colors} colours")

    left, top, width, height = page.evaluate(BOX.format(0))
    column, row = 8, 0  # source mod 64 = 0, destination mod 64 = 8: the slow class
    page.hover(left + width * (column + .5) / 64, top + height * (row + .5) / 16)
    text = page.evaluate(TOOLTIP)
    value = page.evaluate(f"JSON.parse(document.getElementById('document').textContent)"
                          f".heatmaps[0].values[{row}][{column}]")
    expect(f"{value:.2f} GB/s" in text, f"hovering a cell of {value} GB/s shows '{text}'")
    expect("destination mod 64\t8" in text and "source mod 64\t0" in text, f"the tooltip says '{text}'")

    page.hover(left + width * 63.5 / 64, top + height * 15.5 / 16)
    expect("not measured" in page.evaluate(TOOLTIP), "an unmeasured cell is not called so")
    page.hover(1, 1)
    expect(page.evaluate(TOOLTIP) == "", "the tooltip stays after the pointer has left")


def check_line_chart(page):
    left, top, width, height = page.evaluate(BOX.format(1))
    page.hover(left + width / 2, top + height / 2)
    text = page.evaluate(TOOLTIP)
    for name in ("rep movsb", "memcpy (glibc 2.36)", "AVX2 loop"):
        expect(name in text, f"hovering the line chart shows '{text}' without {name}")


def check_axes(page):
    for chart in range(1, 3):
        for orient in (0, 1):
            labels = page.evaluate(
                f"[...document.querySelectorAll('.chart')[{chart}].querySelectorAll('.role-axis-label')]"
                f".map(g => [...g.querySelectorAll('text')].filter(t => t.textContent).length)[{orient}]")
            expect(labels and labels >= 3, f"axis {orient} of chart {chart} has {labels} labels")
        heights = page.evaluate(
            f"[...document.querySelectorAll('.chart')[{chart}].querySelectorAll('.mark-line path')]"
            f".map(p => p.getBoundingClientRect().height)")
        expect(len(heights) == 3 and max(heights) > 100, f"chart {chart} has lines of the heights {heights}")


def check_keyboard(page):
    page.evaluate("document.querySelectorAll('.chart')[0].focus()")
    page.key("ArrowRight")
    page.key("ArrowRight")
    ring = page.evaluate("(s => [s.outlineStyle, parseFloat(s.outlineWidth) + parseFloat(s.outlineOffset)])"
                         "(getComputedStyle(document.activeElement))")
    expect(ring == ["solid", 0], f"the ring of a focused chart is {ring}, of which its figure hides what sticks out")
    text = page.evaluate(TOOLTIP)
    expect("destination mod 64\t1" in text, f"the second arrow key shows '{text}'")
    said = page.evaluate("document.querySelector('[role=status]').textContent")
    expect("destination mod 64 1" in said, f"a screen reader is told '{said}'")
    page.key("Escape")
    expect(page.evaluate(TOOLTIP) == "", "Escape leaves the tooltip")


def check_views(page):
    """Dark, narrow and printed: drawn again, in other colours, and nothing sticks out. What is folded is not printed."""
    paint = "getComputedStyle(document.querySelector('.chart .mark-line path')).stroke"
    light = page.evaluate(paint)
    page.media(prefers_color_scheme="dark")
    expect(page.evaluate(paint) != light, "the dark page has the light page's lines")
    page.media(type="print", prefers_color_scheme="dark")
    expect(page.evaluate(paint) == light, "the printed page has dark colours")
    expect(page.evaluate("[...document.querySelectorAll('figure summary, section:has(> h2 + details) h2')]"
                         ".every(e => !e.checkVisibility())"), "what is folded is printed as a heading alone")
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    expect(page.evaluate("[...document.querySelectorAll('figure summary, section:has(> h2 + details) h2')]"
                         ".every(e => e.checkVisibility())"), "what was opened is not printed")
    page.size(718, 900)  # of an A4 page
    wide = page.evaluate("[...document.querySelectorAll('main table')].filter(t => t.tHead.rows[0].cells.length <= 25 && "
                         "t.getBoundingClientRect().right > t.closest('section').getBoundingClientRect().right + 1)"
                         ".map(t => t.caption.textContent)")
    expect(not wide, f"tables are cut off in print: {wide}")
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = false; })")
    page.media(prefers_color_scheme="light")
    page.size(390, 800)
    expect(page.evaluate("document.documentElement.scrollWidth") <= 390, "a narrow page scrolls sideways")


def check_reading(page):
    expect(page.evaluate("document.documentElement.lang") == "en", "the page has no language")
    expect(page.evaluate("document.querySelectorAll('main, header, footer').length") == 3, "a landmark is missing")
    expect(page.evaluate("[...document.querySelectorAll('figure')].every(f => f.querySelector('details table'))"),
           "a chart has no table behind it")
    levels = page.evaluate("[...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].map(h => Number(h.tagName[1]))")
    expect(levels[0] == 1 and levels.count(1) == 1 and all(b <= a + 1 for a, b in zip(levels, levels[1:])),
           f"the headings' levels are {levels}")
    expect(page.evaluate("[...document.querySelectorAll('section, article.finding')].every(s => s.querySelector("
                         "'h2, h3, h4'))"), "a section has no heading")
    expect(page.evaluate("[...document.querySelectorAll('article.finding')].every(f => "
                         "f.querySelector('h3, h4').tagName > f.closest('section').querySelector('h2, h3').tagName)"),
           "a finding's heading is not below that of the findings")
    expect(page.evaluate("[...document.querySelectorAll('.chart')].every(c => c.getAttribute('aria-label').length > 7"
                         " && document.getElementById(c.getAttribute('aria-describedby')))"),
           "a chart has no name, or nothing that describes it")
    expect(page.evaluate("[...document.querySelectorAll('.chart, .scroll, summary, a')].every(e => e.tabIndex == 0)"),
           "something cannot be reached by keyboard")
    names = page.evaluate("[...document.querySelectorAll('section[aria-labelledby]')]"
                          ".map(s => document.getElementById(s.getAttribute('aria-labelledby')).textContent)")
    expect(len(names) == len(set(names)), f"landmarks have the same name: {names}")
    expect(page.evaluate("document.querySelectorAll('section [role=region]').length") == 0, "a section repeats its name")
    expect(page.evaluate("document.querySelectorAll('[id]').length == "
                         "new Set([...document.querySelectorAll('[id]')].map(e => e.id)).size"), "an id is used twice")


def with_hints(document):
    """The golden document with all that schema 1.2 can ask of a chart."""
    document["series"][0]["marks"] = [{"at": document["series"][0]["points"][3]["x"], "text": "L1 ends"}]
    document["metrics"] = [
        {"name": "wall", "labels": {"benchmark": name}, "unit": "s", "better": "lower", "median": 0.012, "low": 0.011,
         "high": 0.014, "count": 5, "samples": [0.010, 0.011, 0.012, 0.014, 0.020], "title": "Wall time of each run"}
        for name in ("old", "new")]
    document["tables"] = [{"name": "hot", "title": "Hot instructions",
                           "columns": [{"name": "command", "unit": ""}, {"name": "instruction", "unit": ""},
                                       {"name": "share", "unit": "percent"}, {"name": "bytes", "unit": "B", "bar": 400}],
                           "rows": [["./old", "rep movsb", 75.0, 100], ["./old", "ret", 25.0, 400]]}]
    return document


def check_hints(page):
    text = page.evaluate("document.querySelector('main').innerText")
    expect("L1 ends" in page.evaluate("document.querySelector('main').textContent"), "a mark has no name in its chart")
    expect(page.evaluate("document.querySelectorAll('.named-place line').length") == 1, "a mark is not drawn")
    dots = page.evaluate("document.querySelectorAll('.chart .dot path').length")
    expect(dots == 10, f"{dots} dots are drawn for 10 samples")
    expect(page.evaluate("document.querySelectorAll('.chart .median path').length") == 2, "a median is not drawn")
    expect("command: ./old" in text, "what is the same in all rows does not stand above the table")
    bars = page.evaluate("[...document.querySelectorAll('td.bar')].map(b => b.style.getPropertyValue('--part'))")
    expect(bars == ["75.0%", "25.0%", "25.0%", "100.0%"], f"the bars are {bars}")
    index = page.evaluate("[...document.querySelectorAll('figure')].findIndex(f => f.dataset.chart == 'dots')")
    page.evaluate(f"document.querySelectorAll('.chart')[{index}].focus()")
    page.key("ArrowRight")
    page.key("ArrowRight")
    tooltip = page.evaluate(TOOLTIP)
    expect("run 2" in tooltip and "11.0 ms" in tooltip and "(11.0 ms to 14.0 ms)" in tooltip,
           f"a dot's tooltip says '{tooltip}'")


def timeline(document):
    """READs in three lanes, of two tiers, and what is no bar."""
    rows = [[1e6 * i, 2.5e6, ("l2", "the daemon")[i % 2], "/usr/lib/a-path-that-is-long-enough-to-be-broken.so", 4096 * i,
             4096, 1, i % 3] for i in range(60)]
    document["series"] = [{
        "name": "retention", "labels": {}, "title": "What was not used for a while", "x_label": "unused for", "x_unit": "ns",
        "unit": "x", "x_log": True, "y_log": True, "marks": [{"at": 2e6, "text": "a place"}, {"at": 2.1e6, "text": "another"}],
        "points": [{"x": x, "median": y, "low": y, "high": y, "count": 1}
                   for x, y in ((0, .9), (1e5, 1), (1e6, 1.5), (3e7, 1.9))]}]
    document["heatmaps"] = document["metrics"] = []
    document["tables"] = [{
        "name": "reads_in_flight", "title": "READs in flight",
        "columns": [{"name": name, "unit": unit} for name, unit in (
            ("time", "ns"), ("took", "ns"), ("tier", ""), ("path", ""), ("offset", "B"), ("bytes", "B"), ("reads", ""),
            ("lane", ""))],
        "rows": rows + [[None, 1, "l2", "/none", 0, 0, 1, 0]],
        "time_bars": {"begin": "time", "length": "took", "lane": "lane", "kind": "tier"}},
        {"name": "wide", "title": "A wide table",
         "columns": [{"name": "path", "unit": ""}] + [{"name": f"column_{i}", "unit": ""} for i in range(12)]
                    + [{"name": "share", "unit": "percent"}],
         "rows": [["/a", *range(100000, 100012), 50.0], ["/b", *range(100000, 100012), 25.0]]}]
    document["findings"] = [{"id": "a.b", "severity": severity, "text": "x", "evidence": {}, "remedies": []}
                            for severity in ("finding", "note", "note", "note", "note")]
    return document


def check_timeline(page):
    bars = page.evaluate("document.querySelectorAll('.time-bar path').length")
    expect(bars == 60, f"{bars} bars are drawn for 60 READs")
    colors = page.evaluate("new Set([...document.querySelectorAll('.time-bar path')].map(p => p.getAttribute('fill'))).size")
    expect(colors == 2, f"two tiers have {colors} colours")
    expect("l2" in page.evaluate("document.querySelector('.chart svg').textContent"), "no legend names a tier")
    left, top, width, height = page.evaluate(
        "(b => [b.left, b.top, b.width, b.height])(document.querySelectorAll('.time-bar path')[30].getBoundingClientRect())")
    page.hover(left + width / 2, top + height / 2)
    text = page.evaluate(TOOLTIP)
    for piece in ("l2", "30.0 ms", "2.50 ms", "120 KiB", "a-path-that"):
        expect(piece in text, f"hovering a bar shows '{text}' without {piece}")
    page.evaluate("document.querySelector('.chart').focus()")
    page.key("ArrowRight")
    expect("31.0 ms" in page.evaluate(TOOLTIP), f"the next bar is '{page.evaluate(TOOLTIP)}'")
    lane = page.evaluate("document.querySelector('.time-bar path:nth-child(32)').getBoundingClientRect().top")
    expect(lane < top, "the second lane is not above the first")
    page.key("ArrowUp")
    expect("29.0 ms" in page.evaluate(TOOLTIP), f"above is '{page.evaluate(TOOLTIP)}'")
    notes = page.evaluate("[...document.querySelectorAll('.finding')].map(f => f.closest('details') !== null)")
    expect(notes == [False, True, True, True, True], f"folded are {notes}")


def peers(document):
    """READs one after the other, of a dozen peers."""
    document["series"] = document["heatmaps"] = document["metrics"] = []
    document["tables"] = [{
        "name": "reads", "title": "READs", "columns": [{"name": name, "unit": unit} for name, unit in (
            ("time", "ns"), ("took", "ns"), ("peer", ""), ("lane", ""))],
        "rows": [[1e6 * i, 1e6, f"10.0.0.{i % 12}", 0] for i in range(24)],
        "time_bars": {"begin": "time", "length": "took", "lane": "lane", "kind": "peer"}}]
    return document


def check_long_legend(page):
    """On a narrow page it makes the chart longer, and does not take its room."""
    page.size(390, 900)
    high = page.evaluate("document.querySelector('.time-bar path').getBoundingClientRect().height")
    expect(high > 40, f"a bar of a narrow timeline is {high} pixels high")
    shown, cut = page.evaluate("(c => [...c.querySelectorAll('.role-legend-label text')].map(t => t.getBoundingClientRect().bottom"
                               " > c.getBoundingClientRect().bottom).reduce(([n, cut], is) => [n + 1, cut + is], [0, 0]))"
                               "(document.querySelector('.chart'))")
    expect((shown, cut) == (12, 0), f"a legend shows {shown} of 12 names and cuts off {cut} of them")


def check_logarithm(page):
    """0 has a place, an axis within a decade has round labels, and names of places do not overlap."""
    chart = "document.querySelectorAll('.chart')[1]"
    dots = page.evaluate(f"[...{chart}.querySelectorAll('.mark-symbol path')].filter(p => !p.closest('.role-legend')).length")
    expect(dots == 4, f"{dots} of 4 points are drawn")
    labels = page.evaluate(f"[...{chart}.querySelectorAll('.role-axis-label')].map(g => "
                           "[...g.querySelectorAll('text')].map(t => t.textContent).filter(t => t))")
    expect(labels[0][:2] == ["0", "100 us"], f"the axis from 0 on is labelled {labels[0]}")
    expect("1x" in labels[1], f"the axis around 1 is labelled {labels[1]}")
    boxes = page.evaluate(f"[...{chart}.querySelectorAll('.name-of-place text')].map(t => t.getBoundingClientRect())"
                          ".map(b => [b.left, b.top, b.right, b.bottom])")
    (left, top, right, bottom), other = boxes
    expect(right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top, f"names overlap: {boxes}")


def check_wide_table(page):
    """What does not fit scrolls in its own box, beside the names of its rows."""
    page.size(400, 900)
    box = "document.querySelector('.scroll.close')"
    expect(page.evaluate("document.documentElement.scrollWidth") <= 400, "a wide table widens the page")
    expect(page.evaluate(f"{box}.scrollWidth > {box}.clientWidth + 100"), "the wide table is not wide")
    page.evaluate(f"{box}.scrollLeft = 9999")
    page.settle()
    first, last, left, right = page.evaluate(
        f"(r => [r.cells[0].getBoundingClientRect().left, r.cells[13].getBoundingClientRect().right,"
        f" {box}.getBoundingClientRect().left, {box}.getBoundingClientRect().right])({box}.querySelector('tbody tr'))")
    expect(abs(first - left) < 3, "the name of a row scrolls away")
    expect(last <= right + 1, "the last column cannot be scrolled to")


def check_parts(page):
    expect(page.evaluate("[...document.querySelectorAll('.overview a')].every(a => document.querySelector(a.hash))"),
           "the overview leads nowhere")
    expect(page.evaluate("document.querySelectorAll('.part').length") == 2, "a part is missing")
    drawn = page.evaluate("[...document.querySelectorAll('.part')].map(p => p.querySelectorAll('.chart svg').length)")
    expect(drawn == [3, 4], f"the parts have {drawn} charts")
    paths = page.evaluate("[...document.querySelectorAll('.part')].map(p => p.querySelectorAll('.dot path').length)")
    expect(paths == [0, 10], f"a chart shows another part's values: {paths} dots")


def check_a_million(page):
    drawn = page.evaluate("document.querySelector('.chart .mark-line path').getAttribute('d').length")
    expect(10000 < drawn < 500000, f"the line of a million points has {drawn} letters")
    expect("1000000 points, 500 together" in page.evaluate("document.querySelector('main').innerText"),
           "the page does not say that points are drawn together")
    took = page.evaluate("performance.timing.loadEventEnd - performance.timing.navigationStart")
    expect(took < 20000, f"a million points take {took} ms")


def large(document):
    points = [{"x": i, "median": 100 + (i * 7919) % 1000, "low": 90, "high": 1200, "count": 1} for i in range(1000000)]
    document["series"] = [{**document["series"][0], "points": points, "x_log": False, "y_log": False}]
    document["heatmaps"] = []
    return document


def check_hostile(page):
    expect(page.evaluate("document.scripts.length") == 3, "a string of the document became a script")
    expect(page.evaluate("document.querySelectorAll('main script, main a, main img').length") == 0,
           "a string of the document became an element")
    expect("Incomplete" in page.evaluate("document.querySelector('header').innerText"), "not called incomplete")
    expect(page.evaluate("document.documentElement.scrollWidth") <= 1200, "a long string widens the page")


def main():
    render, golden = sys.argv[1:3]
    chromium = find_chromium()
    if not chromium:
        print("SKIPPED: no Chromium in PATH (apt-get install chromium): the HTML report was not looked at")
        return SKIPPED
    with tempfile.TemporaryDirectory(prefix="bytepath-report-") as folder:
        plain = json.loads(pathlib.Path(golden, "memcpy.json").read_text())
        hinted = with_hints(copy.deepcopy(plain))
        for name, made in (("hinted", hinted), ("timeline", timeline(copy.deepcopy(plain))),
                           ("peers", peers(copy.deepcopy(plain))), ("million", large(copy.deepcopy(plain))),
                           ("host", {**plain, "series": [], "heatmaps": [], "parts": [plain, hinted]})):
            pathlib.Path(folder, name + ".json").write_text(json.dumps(made, separators=(",", ":")))
        for name, checks in (("hinted", (check_hints, check_reading)), ("host", (check_parts, check_reading)),
                             ("million", (check_a_million,)),
                             ("peers", (check_long_legend,)),
                             ("timeline", (check_reading, check_timeline, check_logarithm, check_wide_table)),
                             ("memcpy", (check_heat_map, check_line_chart, check_axes, check_keyboard, check_reading,
                                         check_views)),
                             ("hostile", (check_hostile,))):
            path = os.path.join(folder, name + ".html")
            made = os.path.join(folder, name + ".json")
            source = made if os.path.exists(made) else os.path.join(golden, name + ".json")
            subprocess.run([render, source, path], check=True)
            expect(os.path.getsize(path) < 4 << 20, f"{name}: a page of {os.path.getsize(path)} bytes")
            with Page(chromium) as page:
                page.size(1200, 900)
                page.open(path)
                for check in checks:
                    check(page)
                expect_quiet(page, path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
