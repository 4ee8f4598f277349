"""The routes of the portal, at the root of the site."""

from django.urls import URLPattern, URLResolver, path

from qipan.faces.portal.pages import (
    applications,
    drafts,
    events,
    mine,
    rating,
    receipts,
    showing,
    shown,
    signing_in,
    uploads,
    verifying,
    wallet,
)

app_name = "portal"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", events.home, name="home"),
    path("events/<slug:event>/", events.event, name="event"),
    path("events/<slug:event>/start/", drafts.start, name="start"),
    path("sign-in/", signing_in.sign_in, name="sign-in"),
    path("sign-out/", signing_in.sign_out, name="sign-out"),
    path("drafts/<uuid:draft>/", drafts.form, name="form"),
    path("drafts/<uuid:draft>/consent/", drafts.consent, name="consent"),
    path("drafts/<uuid:draft>/save/", drafts.save, name="save"),
    path("drafts/<uuid:draft>/facts/<str:field>/", drafts.claim, name="claim"),
    path("drafts/<uuid:draft>/check/", drafts.check, name="check"),
    path("drafts/<uuid:draft>/submit/", drafts.submit, name="submit"),
    path("drafts/<uuid:draft>/discard/", drafts.discard, name="discard"),
    path("drafts/<uuid:draft>/restore/", drafts.restore, name="restore"),
    path("uploads/<uuid:upload>/", uploads.upload, name="upload"),
    path("applications/", mine.mine, name="mine"),
    path("applications/<str:number>/", applications.progress, name="application"),
    path("applications/<str:number>/submitted/", applications.submitted, name="submitted"),
    path("applications/<str:number>/results/", applications.outcome, name="results"),
    path("applications/<str:number>/missing/", applications.missing, name="missing"),
    path("applications/<str:number>/withdraw/", applications.withdraw, name="withdraw"),
    path("applications/<str:number>/<uuid:case>/correction/", applications.correction, name="correction"),
    path("applications/<str:number>/<uuid:case>/withdraw/", applications.withdraw_case, name="withdraw-case"),
    path("applications/<str:number>/<uuid:case>/rating/", rating.rating, name="rating"),
    path("applications/<str:number>/receipts/", receipts.receipts, name="receipts"),
    path("applications/<str:number>/receipts/<int:entry>/", receipts.receipt, name="receipt"),
    path("certificates/", wallet.certificates, name="certificates"),
    path("certificates/<str:number>/", wallet.certificate, name="certificate"),
    path("certificates/<str:number>/<slug:form>", wallet.paper, name="certificate-paper"),
    path("certificates/<str:number>/show/<slug:way>/", showing.choose, name="show"),
    path("certificates/<str:number>/shown/<int:showing>/", showing.showing, name="showing"),
    path(
        "certificates/<str:number>/shown/<int:showing>/withdraw/", showing.withdraw, name="withdraw-showing"
    ),
    path("shown/<str:token>/", shown.shown, name="shown"),
    path("shown/<str:token>/<slug:form>", shown.part, name="shown-part"),
    path("verify/", verifying.verify, name="verify"),
    path("verify/issuers", verifying.issuers, name="issuers"),
    path("verify/status/<int:number>", verifying.status, name="status-list"),
    path("verify/<str:number>/", verifying.scanned, name="verify-number"),
    path("verify/<str:number>/<str:code>/", verifying.scanned, name="verify-page"),
    path("data-uses/", mine.data_uses, name="data-uses"),
    path("data-uses/receipts/<int:entry>/", receipts.use_receipt, name="use-receipt"),
]
