"""A small app of an agency, that lets people sign in with their Qipan account: everything it takes, with Authlib and Starlette.

It is told where Qipan is and what it is registered as by the environment: QIPAN, CLIENT_ID, CLIENT_SECRET, and OWN_ADDRESS, its own.
"""

import os
import secrets
from html import escape

from authlib.integrations.starlette_client import OAuth, OAuthError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

QIPAN, OWN_ADDRESS = os.environ["QIPAN"], os.environ["OWN_ADDRESS"]
LEVELS = {
    "urn:qipan:level:1": "手机号 · phone",
    "urn:qipan:level:2": "实名 · real name",
    "urn:qipan:level:3": "当面核验 · in person",
}
REAL_NAME = "urn:qipan:level:2"
PATIENCE = 60  # seconds for an answer; the usual five are few on a busy machine

oauth = OAuth()
oauth.register(
    "qipan",
    client_id=os.environ["CLIENT_ID"],
    client_secret=os.environ["CLIENT_SECRET"],
    server_metadata_url=f"{QIPAN}/.well-known/openid-configuration",
    client_kwargs={"scope": "openid profile", "code_challenge_method": "S256", "timeout": PATIENCE},
)


async def home(request: Request) -> Response:
    """Show who is signed in, or offer to sign in."""
    person = request.session.get("person")
    if person is None:
        return page(
            "<p>没有自己的账号和密码：用棋盘账号登录。<br><span lang='en'>No passwords of its own: sign in with Qipan.</span></p>"
            "<p><a class='button' href='/sign-in'>用棋盘账号登录 <span lang='en'>Sign in with Qipan</span></a></p>"
            "<p><a href='/sign-in?level=2'>办要实名的事 <span lang='en'>Something that needs a real name</span></a></p>"
        )
    rows = (
        ("姓名 <span lang='en'>Name</span>", person["name"] or "—"),
        ("核验等级 <span lang='en'>Level</span>", LEVELS.get(person["acr"], person["acr"])),
        ("代号 <span lang='en'>Subject</span>", person["sub"]),
    )
    facts = "".join(f"<dt>{title}</dt><dd>{escape(value)}</dd>" for title, value in rows)
    return page(
        "<p>登录好了。本应用只知道这些：<br><span lang='en'>Signed in. This app knows no more than this:</span></p>"
        f"<dl>{facts}</dl>"
        "<form method='post' action='/sign-out'><button class='button'>退出 <span lang='en'>Sign out</span></button></form>"
        f"<p><a href='{QIPAN}/account/apps/'>收回同意 <span lang='en'>Take the consent back</span></a></p>"
    )


async def sign_in(request: Request) -> Response:
    """Send them to Qipan; Authlib keeps state, nonce and verifier in the session."""
    level = {"acr_values": REAL_NAME} if request.query_params.get("level") == "2" else {}
    return await oauth.qipan.authorize_redirect(request, f"{OWN_ADDRESS}/signed-in", **level)


async def signed_in(request: Request) -> Response:
    """Take the code they came back with; Authlib checks state, signature, issuer, audience and nonce."""
    try:
        token = await oauth.qipan.authorize_access_token(request)
    except OAuthError as error:
        said = {
            "access_denied": "您没有同意，什么也没有登录。<br><span lang='en'>You said no; nobody was signed in.</span>"
        }
        return page(
            f"<p>{said.get(error.error, escape(str(error)))}</p><p><a href='/'>返回 <span lang='en'>Back</span></a></p>"
        )
    told = await oauth.qipan.userinfo(token=token)
    request.session["person"] = {
        "sub": told["sub"],
        "acr": token["userinfo"]["acr"],
        "name": told.get("name", ""),
    }
    return RedirectResponse("/")


async def sign_out(request: Request) -> Response:
    """Forget them here; their Qipan account is none of this app's business."""
    request.session.clear()
    return RedirectResponse("/", status_code=303)


STYLE = """
:root { color-scheme: light dark }
body { font: 1.125rem/1.7 system-ui, "Noto Sans CJK SC", sans-serif; max-width: 34rem; margin: 0 auto; padding: 2rem 1.25rem }
h1 { font-size: 1.6rem; line-height: 1.3; margin: .5rem 0 1.5rem } [lang=en] { opacity: .8; font-size: .9em }
.button { display: inline-block; font: inherit; padding: .6rem 1.25rem; border: 0; border-radius: .5rem; background: #0b5e4a; color: #fff; text-decoration: none; cursor: pointer }
.button [lang=en] { opacity: 1; margin-left: .5rem } a { color: light-dark(#0b5e4a, #7fd1b9) } a.button { color: #fff }
dl { margin: 1.5rem 0 } dt { opacity: .8; margin-top: 1rem } dd { margin: 0; overflow-wrap: anywhere; font-weight: 600 }
"""


def page(body: str) -> HTMLResponse:
    """A page; whatever somebody else said in the body is escaped."""
    head = "<meta charset='utf-8'><meta name='viewport' content='width=device-width, initial-scale=1'>"
    title = "预约挂号 · Appointments"
    return HTMLResponse(
        f"<!doctype html><html lang='zh-Hans'><head>{head}<title>{title}</title><style>{STYLE}</style></head>"
        f"<body><main><p>西湖区卫生健康局 · 示例应用 <span lang='en'>sample app</span></p>"
        f"<h1>预约挂号 <span lang='en'>Appointments</span></h1>{body}</main></body></html>"
    )


app = Starlette(
    routes=[
        Route("/", home),
        Route("/sign-in", sign_in),
        Route("/signed-in", signed_in),
        Route("/sign-out", sign_out, methods=["POST"]),
    ],
    middleware=[
        Middleware(SessionMiddleware, secret_key=secrets.token_urlsafe(32), session_cookie="sample_app"),
    ],
)
