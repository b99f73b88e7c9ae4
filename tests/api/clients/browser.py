"""A citizen at the portal's real pages by HTTP alone: reads the main form, fills it in, presses the main button."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from urllib.parse import parse_qs, urljoin, urlsplit

import requests

from tests.harness.live import Live


class _Forms(HTMLParser):
    """The forms of a page with what they would send: hidden fields, what is chosen already, the last button."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, list[str]]]] = []
        self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append((facts.get("action", ""), {}))
        if not self.found:
            return
        values, name = self.found[-1][1], facts.get("name", "")
        if tag == "select":
            self.select = name
        elif tag == "option" and self.select and ("selected" in facts or self.select not in values):
            values[self.select] = [facts.get("value", "")]
        elif tag == "input" and name and (facts.get("type") not in {"radio", "checkbox"} or "checked" in facts):
            several = values.get(name, []) if facts.get("type") == "checkbox" else []
            values[name] = [*several, facts.get("value", "")]
        elif tag == "button" and facts.get("type", "submit") == "submit":
            for other in [one for one in ("allow", "cancel", "action") if one in values]:
                del values[other]
            if name:
                values[name] = [facts.get("value", "")]


class Citizen:
    """Somebody of the demonstration with a browser of their own."""

    def __init__(self, portal: Live, username: str) -> None:
        self.portal = portal
        company = requests.get(f"{portal.url}/demo/?format=json", timeout=20).json()
        self.who = next(one for one in company["citizens"] if one["username"] == username)
        self.session = requests.Session()

    def allow(self, address: str) -> str:
        """Open an application's address, log in where asked, agree; return the code that the application gets."""
        page = self.session.get(address, timeout=20)
        page = self.press(page, username=self.who["username"], password=self.who["password"])
        if "/dang-nhap/xac-nhan/" in page.url:
            sms = self.portal.message(self.who["phone"], "ma ")
            page = self.press(page, otp=re.search(r"\b(\d{6})\b", sms)[1])  # type: ignore[index]
        assert "/oauth/authorize" in page.url, (page.url, page.text[:500])
        answer = self.press(page, follow=False)
        return parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]

    def press(self, page: requests.Response, *, follow: bool = True, **typed: str) -> requests.Response:
        """Fill in the last form inside <main> and press its last button."""
        forms = _Forms()
        forms.feed(page.text.split("<main", 1)[1].split("</main>", 1)[0])
        action, values = forms.found[-1]
        target = urljoin(page.url, action)
        headers = {"Referer": page.url}
        answer = self.session.post(
            target, data={**values, **typed}, headers=headers, timeout=20, allow_redirects=follow
        )
        assert answer.status_code < 400, (target, answer.status_code)
        return answer
