"""The stand-in's few pages, in Vietnamese and English. They say on every screen that this is not VNeID."""

import base64
import hashlib
from html import escape
from typing import Any
from urllib.parse import urlencode, urlsplit

from aiohttp import web

STYLE = """
:root{color-scheme:light dark;--paper:#f3f6f4;--face:#fff;--ink:#1d2b26;--soft:#4d6058;--line:#cfdad4;--edge:#64786f;
--act:#13654a;--onact:#fff;--warn:#fdf1d8;--err:#b0241c}
@media(prefers-color-scheme:dark){:root{--paper:#101a16;--face:#18241f;--ink:#e6efea;--soft:#adbfb6;--line:#2e4038;
--edge:#82978d;--act:#8fdcbc;--onact:#04241a;--warn:#33270f;--err:#ffaaa2}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:1.125rem/1.6 system-ui,"Segoe UI",Roboto,sans-serif}
.notice{background:var(--warn);padding:.75rem 1rem;text-align:center;font-size:1rem}
header,main,footer{max-width:30rem;margin:0 auto;padding:1rem}
header{display:flex;gap:.75rem;align-items:center;font-weight:700;padding-top:1.5rem}
header svg{flex:none}
footer{color:var(--soft);font-size:1rem}
main{background:var(--face);border:1px solid var(--line);border-radius:1rem;padding:1.5rem}
@media(max-width:32rem){main{border-radius:0;border-width:1px 0}}
h1{font-size:1.5rem;line-height:1.35;margin:0 0 .75rem;text-wrap:balance}
h2{font-size:1.125rem;margin:1.5rem 0 .25rem}
p{margin:0 0 .75rem}.soft{color:var(--soft);font-size:1rem}.wrong{color:var(--err);font-weight:600}
ul{margin:0 0 .75rem;padding-left:1.25rem}
label{display:block;font-weight:600;margin-top:.75rem}
input{width:100%;min-height:48px;font:inherit;padding:.5rem .75rem;border:2px solid var(--edge);border-radius:8px;
background:var(--face);color:inherit}
button{display:block;width:100%;min-height:52px;margin-top:.75rem;font:inherit;font-weight:700;border-radius:8px;
border:2px solid var(--act);background:none;color:var(--act);cursor:pointer}
button.main{background:var(--act);color:var(--onact)}
a{color:var(--act)}:focus-visible{outline:3px solid currentColor;outline-offset:2px}
form+form{border-top:1px solid var(--line);margin-top:1.25rem;padding-top:.5rem}
details{border-top:1px solid var(--line);margin-top:1rem;padding-top:.75rem}
summary{min-height:44px;cursor:pointer;font-weight:600}
.cancel{margin:1.25rem 0 0;text-align:center}.cancel a{display:inline-block;min-height:44px}
.cast{list-style:none;padding:0}.cast li{padding:.5rem 0;border-top:1px solid var(--line)}
.cast li{overflow-wrap:anywhere}.cast a{display:block}
"""
STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
MARK = (
    '<svg width="36" height="36" viewBox="0 0 36 36" aria-hidden="true">'
    '<rect width="36" height="36" rx="9" fill="#13654a"/>'
    '<circle cx="18" cy="14" r="5" fill="none" stroke="#fff" stroke-width="2.5"/>'
    '<path d="M8 29c2-6 6-8 10-8s8 2 10 8" fill="none" stroke="#ffd98a" stroke-width="2.5"/></svg>'
)
TEXT = {
    "vi": {
        "title": "VNeID trình diễn",
        "notice": "Đây là trang thay thế để trình diễn, <strong>không phải VNeID</strong>. "
        "Đừng nhập mật khẩu VNeID thật của bạn.",
        "login": "Đăng nhập VNeID trình diễn",
        "asks": "Cổng {client} muốn biết bạn là ai và sẽ nhận:",
        "scope_openid": "mã định danh của tài khoản và mức độ định danh",
        "scope_profile": "họ tên, ngày sinh",
        "scope_phone": "số điện thoại",
        "scope_citizen": "số định danh cá nhân",
        "username": "Tên đăng nhập",
        "password": "Mật khẩu",
        "wrong": "Tên đăng nhập hoặc mật khẩu chưa đúng.",
        "agree": "Đăng nhập và đồng ý",
        "cancel": "Hủy và quay lại cổng",
        "known": "Bạn đang đăng nhập với <strong>{name}</strong>, mức {level}.",
        "continue": "Tiếp tục và đồng ý",
        "other": "Hoặc dùng tài khoản khác",
        "cast": "Các tài khoản trình diễn",
        "level": "mức {level}",
        "made_up": "Mọi người trong danh sách đều không có thật.",
        "footer": "VNeID là ứng dụng định danh quốc gia của Bộ Công an. Trang này không liên quan.",
        "broken": "Yêu cầu chưa đúng",
        "broken_text": "Trang gọi tới đây gửi yêu cầu mà chúng tôi không nhận ra ({reason}). "
        "Hãy quay lại trang đó và thử lại.",
        "logout": "Đăng xuất khỏi VNeID trình diễn?",
        "logout_button": "Đăng xuất",
        "gone": "Bạn đã đăng xuất khỏi VNeID trình diễn.",
        "home": "Dịch vụ này thay cho VNeID khi trình diễn. Hãy bắt đầu từ trang đăng nhập của cổng.",
    },
    "en": {
        "title": "VNeID stand-in",
        "notice": "This page stands in for VNeID in a demonstration. It is <strong>not VNeID</strong>. "
        "Do not enter your real VNeID password.",
        "login": "Log in to the VNeID stand-in",
        "asks": "The portal {client} asks who you are and will receive:",
        "scope_openid": "the account's identifier and its level",
        "scope_profile": "name, birth date",
        "scope_phone": "phone number",
        "scope_citizen": "personal identification number",
        "username": "User name",
        "password": "Password",
        "wrong": "The user name or password is not right.",
        "agree": "Log in and agree",
        "cancel": "Cancel and go back",
        "known": "You are logged in as <strong>{name}</strong>, level {level}.",
        "continue": "Continue and agree",
        "other": "Or use another account",
        "cast": "Demonstration accounts",
        "level": "level {level}",
        "made_up": "Nobody on this list is real.",
        "footer": "VNeID is the national identity application of Vietnam. This page has nothing to do with it.",
        "broken": "The request is not right",
        "broken_text": "The page that sent you here made a request we do not know ({reason}). Go back and try again.",
        "logout": "Log out of the VNeID stand-in?",
        "logout_button": "Log out",
        "gone": "You are logged out of the VNeID stand-in.",
        "home": "This service stands in for VNeID in a demonstration. Start from the portal's log-in page.",
    },
}


def show(page: str, *, back: str = "", status: int = 200) -> web.Response:
    """The page with its headers; `back` is the client's address, to which its forms may lead."""
    parts = urlsplit(back)
    forms = f"'self' {parts.scheme}://{parts.netloc}" if back else "'self'"
    policy = (
        f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; form-action {forms}; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    headers = {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    return web.Response(text=page, content_type="text/html", status=status, headers=headers)


def words(request: web.Request) -> dict[str, str]:
    """The texts in the language asked for by `ui_locales`; Vietnamese otherwise."""
    return TEXT["en" if request.query.get("ui_locales", "").startswith("en") else "vi"]


def frame(text: dict[str, str], heading: str, body: str) -> str:
    """A whole page."""
    language = "en" if text is TEXT["en"] else "vi"
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="robots" content="noindex"><title>{heading} – {text["title"]}</title><style>{STYLE}</style></head>'
        f'<body><div class="notice" role="note">{text["notice"]}</div>'
        f"<header>{MARK}<span>{text['title']}</span></header>"
        f"<main><h1>{heading}</h1>{body}</main><footer>{text['footer']}</footer></body></html>"
    )


def login(
    request: web.Request,
    client: str,
    users: list[dict[str, Any]],
    *,
    scopes: list[str],
    known: dict[str, Any] | None,
    wrong: bool,
) -> str:
    """The page that asks who is there. A demonstration account named by `login_hint` is filled in."""
    text = words(request)
    shared = "".join(f"<li>{text[f'scope_{scope}']}</li>" for scope in scopes)
    name = escape(urlsplit(client).netloc or "VssID")
    body = f"<p>{text['asks'].format(client=name)}</p><ul>{shared}</ul>"
    if known:
        person = text["known"].format(name=escape(known["name"]), level=known["level"])
        body += (
            f'<form method="post"><p>{person}</p>'
            f'<button class="main" name="action" value="continue">{text["continue"]}</button></form>'
        )
    hint = next((user for user in users if user["username"] == request.query.get("login_hint")), None)
    username, password = (escape(hint["username"]), escape(hint["password"])) if hint else ("", "")
    body += (
        f"<details{'' if known or hint else ' open'}><summary>{text['cast']}</summary>{cast(request, users)}</details>"
    )
    body += '<form method="post">' + (f"<h2>{text['other']}</h2>" if known else "")
    if wrong:
        body += f'<p class="wrong" role="alert">{text["wrong"]}</p>'
    cancel = escape(urlencode({**request.query, "action": "cancel"}))
    body += (
        f'<label for="username">{text["username"]}</label><input id="username" name="username" value="{username}"'
        ' autocomplete="off" autocapitalize="none">'
        f'<label for="password">{text["password"]}</label><input id="password" name="password" value="{password}"'
        ' type="password" autocomplete="off">'
        f'<button class="main" name="action" value="login">{text["agree"]}</button></form>'
        f'<p class="cancel"><a href="?{cancel}">{text["cancel"]}</a></p>'
    )
    return frame(text, text["login"], body)


def cast(request: web.Request, users: list[dict[str, Any]]) -> str:
    """The people who can log in; each a link that fills in the form."""
    text = words(request)
    rows = ""
    for user in users:
        link = urlencode({**request.query, "login_hint": user["username"]})
        facts = f"{escape(user['username'])} · {escape(user['password'])} · {text['level'].format(level=user['level'])}"
        name = escape(user["name"])
        row = f'<strong>{name}</strong><br><span class="soft">{facts}</span>'
        rows += f'<li><a href="?{escape(link)}">{row}</a></li>' if "client_id" in request.query else f"<li>{row}</li>"
    return f'<p class="soft">{text["made_up"]}</p><ul class="cast">{rows}</ul>'


def home(request: web.Request, users: list[dict[str, Any]]) -> str:
    """What this service is, and its cast."""
    text = words(request)
    return frame(text, text["title"], f"<p>{text['home']}</p><h2>{text['cast']}</h2>{cast(request, users)}")


def broken(request: web.Request, reason: str) -> str:
    """The client's request cannot be answered, not even to the client."""
    text = words(request)
    return frame(text, text["broken"], f"<p>{text['broken_text'].format(reason=escape(reason))}</p>")


def logout(request: web.Request, user: dict[str, Any]) -> str:
    """Ask before logging out."""
    text = words(request)
    person = text["known"].format(name=escape(user["name"]), level=user["level"])
    button = f'<form method="post"><button class="main">{text["logout_button"]}</button></form>'
    return frame(text, text["logout"], f"<p>{person}</p>{button}")


def gone(request: web.Request) -> str:
    """Logged out."""
    text = words(request)
    return frame(text, text["title"], f"<p>{text['gone']}</p>")
