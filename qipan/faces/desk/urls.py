"""The routes of the desk, below /desk/."""

from django.urls import URLPattern, URLResolver, path

from qipan.faces.desk.pages import agency, cases, inbox, signing_in, window

app_name = "desk"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", inbox.inbox, name="inbox"),
    path("batch", inbox.batch, name="batch"),
    path("sign-in", signing_in.sign_in, name="sign-in"),
    path("sign-out", signing_in.sign_out, name="sign-out"),
    path("today", agency.today, name="today"),
    path("agency", agency.overview, name="agency"),
    path("window", window.window, name="window"),
    path("window/end", window.end, name="window-end"),
    path("uploads/<uuid:upload>", cases.upload, name="upload"),
    path("cases/<uuid:case>", cases.case, name="case"),
    path("cases/<uuid:case>/accept", cases.accept, name="accept"),
    path("cases/<uuid:case>/retry", cases.retry, name="retry"),
    path("cases/<uuid:case>/return", cases.send_back, name="return"),
    path("cases/<uuid:case>/decline", cases.decline, name="decline"),
    path("cases/<uuid:case>/refuse", cases.refuse, name="refuse"),
    path("cases/<uuid:case>/grant", cases.grant, name="grant"),
    path("cases/<uuid:case>/deliver", cases.deliver, name="deliver"),
]
