"""report_page.py RENDER GOLDEN_FOLDER: the HTML report as a browser without a network shows it.

Exits with 77, which CTest counts as skipped, where there is no Chromium.
"""
import os
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
    text = page.evaluate(TOOLTIP)
    expect("destination mod 64\t1" in text, f"the second arrow key shows '{text}'")
    page.key("Escape")
    expect(page.evaluate(TOOLTIP) == "", "Escape leaves the tooltip")


def check_views(page):
    """Dark, narrow and printed: drawn again, in other colours, and nothing sticks out."""
    paint = "getComputedStyle(document.querySelector('.chart .mark-line path')).stroke"
    light = page.evaluate(paint)
    page.media(prefers_color_scheme="dark")
    expect(page.evaluate(paint) != light, "the dark page has the light page's lines")
    page.media(type="print", prefers_color_scheme="dark")
    expect(page.evaluate(paint) == light, "the printed page has dark colours")
    page.media(prefers_color_scheme="light")
    page.size(390, 800)
    expect(page.evaluate("document.documentElement.scrollWidth") <= 390, "a narrow page scrolls sideways")


def check_reading(page):
    expect(page.evaluate("document.documentElement.lang") == "en", "the page has no language")
    expect(page.evaluate("document.querySelectorAll('main, header, footer').length") == 3, "a landmark is missing")
    expect(page.evaluate("[...document.querySelectorAll('figure')].every(f => f.querySelector('details table'))"),
           "a chart has no table behind it")
    expect(page.evaluate("document.querySelectorAll('[id]').length == "
                         "new Set([...document.querySelectorAll('[id]')].map(e => e.id)).size"), "an id is used twice")


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
        for name, checks in (("memcpy", (check_heat_map, check_line_chart, check_axes, check_keyboard, check_reading,
                                         check_views)),
                             ("hostile", (check_hostile,))):
            path = os.path.join(folder, name + ".html")
            subprocess.run([render, os.path.join(golden, name + ".json"), path], check=True)
            with Page(chromium) as page:
                page.size(1200, 900)
                page.open(path)
                for check in checks:
                    check(page)
                expect_quiet(page, path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
