"""The API put together: its routes by whom they are for, and its errors."""

from ninja import NinjaAPI, Router

import qipan
from qipan.faces.api import agency_routes, certificate_routes, open_routes, person_routes, problems
from qipan.faces.look.access import Rule

ROUTERS: tuple[tuple[Router, Rule], ...] = (
    (certificate_routes.router, open_routes.RULE),  # the open one
    (person_routes.router, person_routes.RULE),
    (agency_routes.router, agency_routes.RULE),
)

api = NinjaAPI(
    title="Qipan 棋盘",
    version=qipan.__version__,
    description="Life events, applications and cases. Errors are problem details (RFC 9457).",
    docs_url=None,
    openapi_url="",  # served by documentation.py, with the rule that every route bears
    urls_namespace="ninja",
)
problems.install(api)
for _router, _ in ROUTERS:
    api.add_router("", _router)
