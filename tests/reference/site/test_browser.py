"""The site in a real browser: search, keyboard, formulas, colours, widths; nothing from outside."""

from __future__ import annotations

from pathlib import Path

import pytest

from derivc.reference.document import document
from derivc.reference.site.reference import build
from tests.reference.site.browser import Browser, found

pytest.importorskip("latex2mathml", reason="the docs extra is not installed")
pytest.importorskip("markdown_it", reason="the docs extra is not installed")
pytestmark = pytest.mark.skipif(found() is None, reason="no Chromium is installed")

SHOWN = ["sigmoid", "relu", "atan2", "xlogy", "gelu", "entr", "tanh", "log_ndtr", "matmul", "solve",
         "softmax", "cross_entropy", "matrix_exp", "amax"]  # fmt: skip
PAGES = [f"ops/{name}.html" for name in SHOWN] + [
    "index.html", "names.html", "kinks.html", "accuracy.html", "notes/parity.html",
]  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    return build(tmp_path_factory.mktemp("built") / "site", processes=1, only=SHOWN)


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with Browser(str(tmp_path_factory.mktemp("profile"))) as opened:
        yield opened


def uri(site, page):
    return (site / page).as_uri()


@pytest.mark.parametrize("page", PAGES)
def test_pages_load_without_complaint_and_ask_for_nothing_outside(site, browser, page):
    browser.size(1280)
    browser.go(uri(site, page))
    assert browser.complaints() == []
    asked = browser.requested()
    assert len(asked) >= 4
    assert all(url.startswith(("file:", "data:")) for url in asked)


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("page", PAGES)
def test_pages_fit_the_window(site, browser, page, width):
    browser.size(width)
    browser.go(uri(site, page))
    assert browser.js("document.documentElement.scrollWidth") <= width
    beyond = """[...document.querySelectorAll('main *, header *')].filter((e) => {
        const box = e.getBoundingClientRect();
        return box.width > 0 && box.right > innerWidth + 1
            && !e.closest('.scroll, .display, pre, .text table, .hidden, svg');
    }).map((e) => e.outerHTML.slice(0, 80))"""
    assert browser.js(beyond) == []


@pytest.mark.parametrize("page", PAGES[: len(SHOWN)])
def test_formulas_have_size(site, browser, page):
    browser.size(1280)
    browser.go(uri(site, page))
    sizes = browser.js("""[...document.querySelectorAll('math')].filter(
        (m) => m.checkVisibility()).map((m) => { const b = m.getBoundingClientRect();
        return [b.width, b.height]; })""")
    assert len(sizes) >= 1
    assert all(width > 4 and height > 6 for width, height in sizes)
    assert browser.js("document.querySelectorAll('math merror, math mi:empty').length") == 0


@pytest.mark.parametrize(
    ("query", "page"),
    [("torch.special.entr", "entr"), ("F.gelu", "gelu"), ("torch.nn.functional.gelu", "gelu"),
     ("np.arctan2", "atan2"), ("sigmoid", "sigmoid"), ("scipy.special.expit", "sigmoid"),
     ("softmax", "softmax"), ("F.cross_entropy", "cross_entropy"), ("linalg.solve", "solve"),
     ("sigmiod", "sigmoid"), ("torch.matmul()", "matmul")],
)  # fmt: skip
def test_one_search_finds_the_page(site, browser, query, page):
    browser.size(1280)
    browser.go(uri(site, "index.html"))
    browser.key("/", "/")
    assert browser.js("document.activeElement.id") == "query"
    browser.type(query)
    chosen = "document.querySelector('#found [aria-selected=true] strong').textContent"
    assert browser.js(chosen) == page
    del browser.events[:]
    browser.key("Enter")
    browser.loaded()
    assert browser.js("location.pathname").endswith(f"/ops/{page}.html")


def test_search_by_keyboard_from_a_page_inside(site, browser):
    browser.go(uri(site, "ops/relu.html"))
    browser.key("/", "/")
    browser.type("s")
    first = browser.js("document.querySelector('[aria-selected=true] strong').textContent")
    browser.key("ArrowDown")
    second = browser.js("document.querySelector('[aria-selected=true] strong').textContent")
    assert first != second
    box = "document.getElementById('query')"
    assert browser.js(f"{box}.getAttribute('aria-activedescendant')") == "found-1"
    assert browser.js(f"{box}.getAttribute('aria-expanded')") == "true"
    browser.key("ArrowUp")
    assert browser.js(f"{box}.getAttribute('aria-activedescendant')") == "found-0"
    browser.key("Escape")
    assert browser.js("document.getElementById('found').hidden")
    browser.key("/", "/")
    browser.type("zzzzzzzz")
    assert "Nothing" in browser.js("document.getElementById('found').textContent")


CONTRAST = """(() => {
  const light = (c) => { const [r, g, b] = c.match(/[\\d.]+/g).map(Number).map((v) => v / 255)
      .map((v) => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b; };
  const ground = (e) => { for (; e; e = e.parentElement) {
      const c = getComputedStyle(e).backgroundColor;
      if (!c.endsWith(', 0)')) return c; } return 'rgb(255, 255, 255)'; };
  const worst = {};
  for (const e of document.querySelectorAll('body *')) {
    if (![...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim())) continue;
    if (!e.checkVisibility() || e.closest('svg, script, style')) continue;
    const [a, b] = [light(getComputedStyle(e).color), light(ground(e))].sort((x, y) => y - x);
    const ratio = (a + .05) / (b + .05), key = e.tagName + '.' + e.className;
    worst[key] = Math.min(worst[key] ?? 99, ratio);
  }
  return worst; })()"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("page", ["ops/sigmoid.html", "ops/relu.html", "index.html", "kinks.html"])
def test_contrast(site, browser, page, scheme):
    browser.prefers(scheme)
    browser.go(uri(site, page))
    worst = browser.js(CONTRAST)
    assert len(worst) > 5
    assert {key: ratio for key, ratio in worst.items() if ratio < 4.5} == {}


def test_the_button_changes_the_colours_and_the_choice_stays(site, browser):
    browser.prefers("light")
    browser.go(uri(site, "index.html"))
    paper = "getComputedStyle(document.body).backgroundColor"
    light = browser.js(paper)
    browser.js("document.getElementById('theme').click()")
    dark = browser.js(paper)
    assert dark != light
    browser.go(uri(site, "ops/tanh.html"))
    assert browser.js(paper) == dark
    browser.js("document.getElementById('theme').click()")
    assert browser.js(paper) == light


def test_landmarks_headings_and_names(site, browser):
    browser.go(uri(site, "ops/sigmoid.html"))
    for what in ("header", "main", "footer", "[role=search]", "nav", "h1", "html[lang]"):
        assert browser.js(f"document.querySelectorAll('{what}').length") >= 1, what
    assert browser.js("document.querySelectorAll('h1').length") == 1
    nameless = """[...document.querySelectorAll('svg, math, [role=region], button, input, nav')]
        .filter((e) => !(e.getAttribute('aria-label') || e.getAttribute('aria-labelledby')
            || e.closest('[aria-hidden=true]') || e.labels?.length || e.closest('svg svg')))
        .map((e) => e.outerHTML.slice(0, 90))"""
    assert browser.js(nameless) == []
    ids = "[...document.querySelectorAll('[id]')].map((e) => e.id)"
    every = browser.js(ids)
    assert len(every) == len(set(every))


def test_every_link_inside_leads_somewhere(site, browser):
    for page in ("index.html", "ops/sigmoid.html", "names.html", "notes/parity.html"):
        browser.go(uri(site, page))
        links = browser.js("[...document.querySelectorAll('a[href]')].map((a) => a.href)")
        for link in links:
            path, _, place = link.partition("#")
            if path.startswith("file://"):
                text = Path(path.removeprefix("file://")).read_text(encoding="utf-8")
                assert not place or f'id="{place}"' in text, link


def test_the_users_own_page(tmp_path, browser):
    made = document({"bell": "exp(-x**2)", "b<i>d": "abs(x)*y"}, tmp_path / "own", title="Mine")
    for width in (390, 1280):
        browser.size(width)
        for page in ("index.html", "functions/bell.html", "functions/b-i-d.html"):
            browser.go((made.path / page).as_uri())
            assert browser.complaints() == []
            assert browser.js("document.documentElement.scrollWidth") <= width
    assert browser.js("document.querySelector('h1').textContent") == "b<i>d"
