"""What went wrong, as problem details (RFC 9457), in the caller's language; no value of anybody's is ever in them."""

import logging
import traceback
from collections.abc import Iterable, Mapping
from http import HTTPStatus

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from pydantic_core import to_json

from qipan.applications.errors import (
    NotTheirs,
    UnableToAct,
    UnableToAnswer,
    UnableToGrant,
    UnableToStart,
    UnableToUpload,
)
from qipan.core.checks import CheckFailure
from qipan.faces.look.errors import UNKEEPABLE
from qipan.faces.look.limits import TooMany, retry_after

MEDIA_TYPE = "application/problem+json"
_log = logging.getLogger(__name__)
Fault = Mapping[str, object]


class BadRequest(Exception):
    """The request itself is at fault; ``code`` says how."""

    def __init__(self, code: str, status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(code)
        self.code = code
        self.status = status


def problem(status: HTTPStatus, code: str, *, errors: Iterable[Fault] = (), **values: object) -> HttpResponse:
    """Say what went wrong: ``code`` for programs, ``title`` and ``detail`` for people, ``errors`` for each fault."""
    body = {
        "type": f"/api/docs#{code}",
        "title": _title(code),
        "status": int(status),
        "code": code,
        "detail": _detail(code),
        "errors": list(errors),
        **values,
    }
    return HttpResponse(to_json(body), status=status, content_type=MEDIA_TYPE)


def _title(code: str) -> str:
    return {
        "not-found": _("没有找到"),
        "not-in-this-state": _("现在的状态不能这样办"),
        "incomplete": _("还没有填完"),
        "answers": _("答复不完整"),
        "outputs": _("办理结果不完整"),
        "unreasoned": _("没有写明原因"),
        "upload": _("材料收不下"),
        "start": _("没有这件事可办"),
        "not-covered": _("委托不包括这件事"),
        "rating": _("现在不能评价"),
        "rated": _("已经评价过了"),
        "not-signed-in": _("还没有登录"),
        "forbidden": _("无权这样做"),
        "malformed": _("请求的格式不对"),
        "no-idempotency-key": _("缺少 Idempotency-Key"),
        "too-many": _("一小时内做得太多了"),
    }.get(code, _("系统出了问题"))


def _detail(code: str) -> str:
    return {
        "not-found": _("它不存在，或者不归您办。"),
        "not-in-this-state": _("别人可能刚刚办过。请重新读取后再试。"),
        "incomplete": _("请补上没有回答的问题和没有上传的材料，改正有误的回答，再提交。"),
        "answers": _("请回答所问的每一项。"),
        "outputs": _("请填写所列的每一项办理结果。"),
        "unreasoned": _("退回、不予受理或不予许可，都要写明原因。"),
        "upload": _("每份材料不超过 10 MB，可以是 PDF、JPEG 或 PNG。"),
        "start": _("请核对“一件事”的名称。"),
        "not-covered": _("请换成为自己办，或者请委托人把它加进委托。"),
        "rating": _("办结后可以评价一次，一到五分。"),
        "rated": _("每件事只评价一次。"),
        "not-signed-in": _("请先登录，或在 Authorization 里带上有效的密钥。"),
        "forbidden": _("请刷新页面取得新的令牌后再试。"),
        "malformed": _("请对照接口文档检查所列各处。"),
        "too-many": _("同一件事一小时内有次数限制。请等到 Retry-After 所说的秒数之后再试。"),
        "no-idempotency-key": _("请给每次提交一个不重复的 Idempotency-Key，重试时用同一个。"),
    }.get(code, _("不是您的错，我们已经记下来了。请稍后再试。"))


def install(api: NinjaAPI) -> None:
    """Answer every error of the API with problem details."""
    api.add_exception_handler(TooMany, _too_many)

    @api.exception_handler(UnableToAct)
    def unable(_request: HttpRequest, error: UnableToAct) -> HttpResponse:
        return problem(_status(error), error.code, errors=_faults(error), **_plain(error))

    @api.exception_handler(BadRequest)
    def bad_request(_request: HttpRequest, error: BadRequest) -> HttpResponse:
        return problem(error.status, error.code)

    @api.exception_handler(ValidationError)
    def malformed(_request: HttpRequest, error: ValidationError) -> HttpResponse:
        faults = [
            {"field": ".".join(map(str, each["loc"])), "code": each["type"], "message": each["msg"]}
            for each in error.errors
        ]
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "malformed", errors=faults)

    @api.exception_handler(AuthenticationError)
    def not_signed_in(_request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
        return problem(HTTPStatus.UNAUTHORIZED, "not-signed-in")

    @api.exception_handler(PermissionDenied)
    def forbidden(_request: HttpRequest, _error: PermissionDenied) -> HttpResponse:
        return problem(HTTPStatus.FORBIDDEN, "forbidden")

    @api.exception_handler(Http404)
    def not_found(_request: HttpRequest, _error: Http404) -> HttpResponse:
        return problem(HTTPStatus.NOT_FOUND, "not-found")

    @api.exception_handler(HttpError)
    def other(_request: HttpRequest, error: HttpError) -> HttpResponse:
        return problem(HTTPStatus(error.status_code), "malformed")

    @api.exception_handler(Exception)
    def our_fault(request: HttpRequest, error: Exception) -> HttpResponse:
        theirs = _their_fault(error)
        if theirs is not None:
            return problem(theirs, "malformed")
        # The error's own words may hold somebody's data, so only its kind and place are written down.
        where = "".join(traceback.format_tb(error.__traceback__))
        _log.error("%s %s failed: %s\n%s", request.method, request.path, type(error).__name__, where)
        return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "failed")


def _too_many(_request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    seconds = error.seconds if isinstance(error, TooMany) else 0
    answer = problem(HTTPStatus.TOO_MANY_REQUESTS, "too-many", values={"seconds": seconds})
    return retry_after(answer, seconds)


def _their_fault(error: Exception) -> HTTPStatus | None:
    """The status for what fails because of what was sent, however far in it fails."""
    if isinstance(error, RequestDataTooBig):
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    return HTTPStatus.BAD_REQUEST if isinstance(error, UNKEEPABLE) else None


def _status(error: UnableToAct) -> HTTPStatus:
    if isinstance(error, NotTheirs | UnableToStart):
        return HTTPStatus.NOT_FOUND
    if error.code in {"not-in-this-state", "rating", "rated"}:
        return HTTPStatus.CONFLICT
    if error.code in {"level", "not-covered"}:
        return HTTPStatus.FORBIDDEN
    return HTTPStatus.UNPROCESSABLE_ENTITY


def _faults(error: UnableToAct) -> list[Fault]:
    """List what is missing and what is wrong, field by field."""
    if isinstance(error, UnableToAnswer):
        missing: list[Fault] = [{"field": name, "code": "unanswered"} for name in error.unanswered]
        unsent: list[Fault] = [
            {"service": service, "evidence": evidence, "code": "unsent"}
            for service, evidence in error.documents
        ]
        return [*missing, *(_wrong(*each) for each in error.invalid), *unsent]
    if isinstance(error, UnableToGrant):
        missing = [{"field": name, "code": "unanswered"} for name in error.missing]
        return [*missing, *(_wrong(*each) for each in error.invalid)]
    return []


def _wrong(field: str, failure: CheckFailure) -> Fault:
    return {"field": field, "code": failure.code, "values": dict(failure.values)}


def _plain(error: UnableToAct) -> dict[str, object]:
    """What else there is to say, where it is plain."""
    if isinstance(error, UnableToUpload | UnableToStart) or error.code in {
        "not-in-this-state",
        "rating",
        "rated",
        "level",
    }:
        return {"values": dict(error.values)}
    return {}
