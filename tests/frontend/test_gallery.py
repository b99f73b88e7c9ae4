"""The gallery in Chromium: every part, in both themes and languages, at every width."""

import pytest
from axe_playwright_python.sync_playwright import Axe

PAGES = ("/", "/demo/gallery/", "/demo/gallery/?part=desk", "/khong-co-trang-nay/")
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
SMALL_TARGETS = """() => [...document.querySelectorAll('a:not(.skip), button, input, select, summary')]
  .filter((element) => {
    const row = ['checkbox', 'radio'].includes(element.type) ? element.labels[0] : element;
    const box = row.getBoundingClientRect();
    return element.type !== 'hidden' && box.width && (box.width < 43.5 || box.height < 43.5);
  }).map((element) => element.outerHTML.slice(0, 120))"""
CLIPPED = """() => [...document.querySelectorAll('body *')].filter((element) => {
    const style = getComputedStyle(element);
    return !element.closest('.vh, svg, select, .scroll') && style.display !== 'inline' && element.innerText
      && style.overflowX !== 'visible' && element.scrollWidth > element.clientWidth + 1;
  }).map((element) => element.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize(
    ("path", "width", "scheme"),
    [
        *[("/demo/gallery/", width, scheme) for width in (390, 1280) for scheme in ("light", "dark")],
        *[("/demo/gallery/?part=desk", 1280, scheme) for scheme in ("light", "dark")],
        ("/", 390, "light"),
        ("/", 1280, "dark"),
        ("/khong-co-trang-nay/", 390, "dark"),
    ],
)
def test_nothing_stands_in_anybodys_way(open_page, live_server, path, width, scheme):
    page = open_page(width=width, color_scheme=scheme)
    page.goto(live_server.url + path)
    violations = Axe().run(page, options=RULES).response["violations"]
    assert not [(item["id"], [node["html"][:200] for node in item["nodes"]]) for item in violations]


@pytest.mark.parametrize("locale", ["vi-VN", "en-GB"])
def test_no_page_scrolls_sideways_or_cuts_text(open_page, live_server, locale):
    page = open_page(locale=locale)
    for path in PAGES:
        page.goto(live_server.url + path)
        for width in (320, 390, 768, 1280, 1440):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, (path, width)
            assert page.evaluate(CLIPPED) == [], (path, width)


def test_targets_are_as_large_as_a_finger(open_page, live_server):
    page = open_page()
    for path in ("/", "/demo/gallery/"):
        page.goto(live_server.url + path)
        assert page.evaluate(SMALL_TARGETS) == []


def test_pages_read_without_a_script(open_page, live_server):
    page = open_page(java_script_enabled=False)
    page.goto(live_server.url + "/demo/gallery/")
    assert page.locator("input[type=file]").first.is_visible()
    assert page.locator("nav.nav a").first.is_visible()


def test_a_summary_of_errors_has_the_focus(open_page, live_server):
    page = open_page()
    page.goto(live_server.url + "/demo/gallery/")
    assert page.evaluate("document.activeElement.className").startswith("panel sum")


def test_a_copied_code_has_no_spaces(open_page, live_server):
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto(live_server.url + "/demo/gallery/")
    page.locator("data[value]").first.evaluate("(code) => getSelection().selectAllChildren(code)")
    page.keyboard.press("Control+C")
    assert page.evaluate("navigator.clipboard.readText()") == "0099000107"


def test_a_form_is_sent_once(open_page, live_server):
    page = open_page()
    page.goto(live_server.url + "/")
    sent = page.evaluate("""() => {
      const form = document.querySelector('main form');
      let times = 0;
      document.addEventListener('submit', (event) => {
        if (!event.defaultPrevented) times += 1;
        event.preventDefault();
      });
      for (const field of form.querySelectorAll('input[required]')) field.value = '1';
      for (let turn = 0; turn < 3; turn += 1) form.requestSubmit(form.querySelector('button[type=submit]'));
      return times;
    }""")
    assert sent == 1
