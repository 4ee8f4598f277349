"""The routes of the desk, below /desk/."""

from django.urls import URLPattern, URLResolver, path

from qipan.faces.desk.pages import (
    agency,
    cases,
    inbox,
    pool,
    pool_requests,
    pool_use,
    signing_in,
    watch,
    window,
)

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
    path("cases/<uuid:case>/receipts/<int:entry>", cases.receipt, name="case-receipt"),
    path("watch/", watch.findings, name="watch"),
    path("watch/receipts/<int:entry>", watch.receipt, name="watch-receipt"),
    path("watch/<uuid:finding>", watch.finding, name="watch-finding"),
    path("watch/<uuid:finding>/decide", watch.decide, name="watch-decide"),
    path("pool/", pool.resources, name="pool"),
    path("pool/elements", pool.elements, name="pool-elements"),
    path("pool/resources/<slug:resource>", pool.resource, name="pool-resource"),
    path("pool/resources/<slug:resource>/ask", pool_requests.ask, name="pool-ask"),
    path("pool/resources/<slug:resource>/tell", pool_use.tell, name="pool-tell"),
    path("pool/requests", pool_requests.requests, name="pool-requests"),
    path("pool/requests/<uuid:request_id>", pool_requests.share_request, name="pool-request"),
    path("pool/requests/<uuid:request_id>/amend", pool_requests.amend, name="pool-amend"),
    path("pool/requests/<uuid:request_id>/<slug:act>", pool_requests.act, name="pool-act"),
    path("pool/use", pool_use.use, name="pool-use"),
    path("pool/notices", pool_use.notices, name="pool-notices"),
    path("pool/notices/<uuid:notice>/acknowledge", pool_use.acknowledge, name="pool-acknowledge"),
]
