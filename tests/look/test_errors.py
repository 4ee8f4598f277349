"""What went wrong is said in the same look, with what to do next."""

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import include, path

from qipan.faces.look.access import access, anyone


@access(anyone)
def breaks(request: HttpRequest) -> HttpResponse:
    raise {"forbidden": PermissionDenied, "odd": SuspiciousOperation}.get(request.GET["how"], RuntimeError)


urlpatterns = [path("breaks/", breaks), path("", include("qipan.site.urls"))]
handler400 = "qipan.faces.look.errors.bad_request"
handler403 = "qipan.faces.look.errors.forbidden"
handler404 = "qipan.faces.look.errors.not_found"
handler500 = "qipan.faces.look.errors.server_error"


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("/nowhere/", 404, "没有找到这个页面"),
        ("/breaks/?how=forbidden", 403, "您不能打开这个页面"),
        ("/breaks/?how=odd", 400, "没能看懂这次请求"),
        ("/breaks/?how=badly", 500, "系统出了问题"),
    ],
)
@override_settings(ROOT_URLCONF=__name__)
def test_each_trouble_has_its_page(address: str, status: int, said: str) -> None:
    answer = Client(raise_request_exception=False).get(address)
    assert answer.status_code == status
    page = answer.content.decode()
    assert said in page
    assert "您可以这样做" in page


def test_a_stale_form_is_refused_with_what_to_do() -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies["csrftoken"] = "x" * 32
    answer = client.post("/preferences/", {"mode": "elder"})
    assert answer.status_code == 403
    assert "返回刚才的页面，刷新" in answer.content.decode()


def test_an_error_page_tells_nothing_of_what_happened_inside() -> None:
    with override_settings(ROOT_URLCONF=__name__):
        page = Client(raise_request_exception=False).get("/breaks/?how=badly").content.decode()
    assert "RuntimeError" not in page
    assert "Traceback" not in page
