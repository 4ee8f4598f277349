"""Every reason why a gateway lets nothing through: its code, its HTTP status, its words for people."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from qipan.core.envelope import Fault
from qipan.core.grants import Refusal


class Trouble(StrEnum):
    """What else can go wrong at a gateway."""

    TOO_BIG = "too-big"
    TOO_DEEP = "too-deep"
    TOO_SLOW = "too-slow"
    TOO_MANY = "too-many"
    NOT_A_CALL = "not-a-call"
    KEYS = "keys-wrong"
    CASE = "case-not-open"
    WITHHELD = "withheld"
    WALL = "wall"
    NOT_HELD = "not-held"
    EXCESS = "excess"
    REGISTER_DOWN = "register-down"
    REGISTER_NONSENSE = "register-nonsense"
    NO_RECORD = "no-record-no-data"
    PEER_DOWN = "peer-down"
    UNSIGNED = "answer-unsigned"
    STRANGER = "not-from-inside"
    NOT_TAKEN = "not-taken"
    OUT_OF_TURN = "out-of-turn"
    FAILED = "gateway-failed"
    UNREADABLE = "unreadable"
    OUT_OF_ORDER = "out-of-order"
    ENDED = "stream-ended"
    OTHER_STREAM = "other-stream"
    MANIFEST = "manifest-wrong"
    DISAGREES = "batch-disagrees"
    NO_SEALING_KEY = "no-sealing-key"
    NOT_LOOKED_UP = "not-looked-up"


WORDS: Final[Mapping[str, tuple[int, str, str]]] = {
    Fault.MISSING: (401, "请求没有带信封或签名。", "The request carries no envelope or no signature."),
    Fault.DUPLICATE: (400, "同一个请求头出现了两次。", "A header stands twice."),
    Fault.MALFORMED: (400, "信封的写法不对。", "The envelope is not written as it must be."),
    Fault.RECEIVER: (403, "请求不是发给本节点的。", "The request is for another node."),
    Fault.LIST_ENDED: (503, "节点名单没有或已过期。", "There is no list of nodes, or it has ended."),
    Fault.NODE: (401, "节点名单里没有这个节点。", "The list of nodes does not name this node."),
    Fault.KEY: (401, "节点名单里没有这把密钥。", "The list of nodes gives the node no such key."),
    Fault.KEY_ENDED: (401, "这把密钥还没生效或已失效。", "The key does not hold yet, or holds no more."),
    Fault.SUITE: (401, "不接受这个密码套件。", "This suite is not accepted of the node."),
    Fault.SIGNATURE: (401, "签名不对。", "The signature is wrong."),
    Fault.CLOCK: (
        401,
        "两边的时钟相差超过60秒。",
        "The clocks of the two nodes are more than 60 seconds apart.",
    ),
    Fault.REPLAYED: (409, "这个请求已经用过一次。", "This request was made before."),
    Fault.METHOD: (400, "请求方法与签名不符。", "The method is not the one that was signed."),
    Fault.PATH: (400, "路径与签名不符。", "The path is not the one that was signed."),
    Fault.QUERY: (400, "查询参数与签名不符。", "The query is not the one that was signed."),
    Fault.CONTENT_TYPE: (400, "内容类型与签名不符。", "The content type is not the one that was signed."),
    Fault.BODY: (400, "正文与签名不符。", "The body is not the one that was signed."),
    Fault.OTHER_REQUEST: (502, "对方回答的是另一个请求。", "The answer is to another request."),
    Fault.STATUS: (502, "状态码与签名不符。", "The status is not the one that was signed."),
    Refusal.UNKNOWN: (403, "没有这份授权。", "There is no such grant."),
    Refusal.REVOKED: (403, "授权已撤销。", "The grant was revoked."),
    Refusal.NOT_YET: (403, "授权还没生效。", "The grant does not hold yet."),
    Refusal.EXPIRED: (403, "授权已到期。", "The grant has ended."),
    Refusal.OTHER_PROVIDER: (403, "授权的提供方不是本节点的这个部门。", "The grant is of another provider."),
    Refusal.OTHER_CONSUMER: (403, "授权的使用方不是来访的部门。", "The grant is for another consumer."),
    Refusal.OTHER_RESOURCE: (403, "授权不是这个数据资源的。", "The grant is for another resource."),
    Refusal.MODE: (403, "授权不包括这种交换方式。", "The grant does not cover this way of exchange."),
    Refusal.NO_PURPOSE: (403, "没有写明用途。", "No purpose is named."),
    Refusal.OTHER_PURPOSE: (403, "用途与授权不符。", "The purpose is not the grant's."),
    Refusal.NO_BASIS: (403, "没有写明法律依据。", "No legal basis is named."),
    Refusal.OTHER_BASIS: (403, "法律依据与授权不符。", "The legal basis is none of the grant's."),
    Refusal.OTHER_EVENT: (403, "授权不是办这件事用的。", "The grant is for another life event."),
    Refusal.OTHER_SERVICE: (403, "授权不是办这个事项用的。", "The grant is for other services."),
    Refusal.NO_CASE: (403, "没有写明办件。", "No case is named."),
    Refusal.NO_OFFICIAL: (403, "没有写明经办人。", "Nobody is named who acts."),
    Refusal.NO_FIELDS: (400, "没有要任何数据项。", "No field is asked for."),
    Refusal.FIELD: (403, "要的数据项超出授权。", "A field is asked for that was not granted."),
    Refusal.VOLUME: (429, "今天的授权用量已用完。", "Today's volume of the grant is used up."),
    Refusal.ROW: (403, "这条记录不属于授权的地区。", "The row is of a region that was not granted."),
    Trouble.TOO_BIG: (413, "正文太大。", "The body is too big."),
    Trouble.TOO_DEEP: (400, "正文嵌套太深。", "The body is nested too deep."),
    Trouble.TOO_SLOW: (408, "正文来得太慢。", "The body comes too slowly."),
    Trouble.TOO_MANY: (429, "同时来的请求太多，请稍后再试。", "Too many requests at once; try again later."),
    Trouble.NOT_A_CALL: (400, "正文不是一次调用。", "The body is no call."),
    Trouble.KEYS: (400, "查询条件不对。", "The keys are not those of the resource, or not valid."),
    Trouble.CASE: (
        403,
        "没有这个正在办理的办件，或没有当事人同意。",
        "There is no such open case, or no consent to it.",
    ),
    Trouble.WITHHELD: (403, "这个数据资源不予共享。", "This resource is withheld by law."),
    Trouble.WALL: (
        403,
        "按放行规则，要的数据项不能从提供方到使用方。",
        "By the rules of passage, a field that is asked for may not go from the provider to the consumer.",
    ),
    Trouble.NOT_HELD: (
        404,
        "本节点没有这个数据资源或数据项。",
        "This node does not hold the resource or the field.",
    ),
    Trouble.EXCESS: (
        502,
        "对方给的数据超出所要的，已拒收并报警。",
        "More was given than asked for: refused, and reported.",
    ),
    Trouble.REGISTER_DOWN: (503, "部门业务库暂时没有回答。", "The register does not answer at the moment."),
    Trouble.REGISTER_NONSENSE: (502, "部门业务库的回答不可用。", "The register's answer cannot be used."),
    Trouble.NO_RECORD: (
        503,
        "无法留痕，因此不提供数据。",
        "The call cannot be put on record, so no data pass.",
    ),
    Trouble.PEER_DOWN: (503, "对方节点没有回答。", "The other node does not answer."),
    Trouble.UNSIGNED: (502, "对方的回答没有签名或签名不对。", "The answer is not signed, or not rightly."),
    Trouble.STRANGER: (401, "只回答本节点的平台。", "Only this node's own platform is answered here."),
    Trouble.FAILED: (500, "网关出错，没有数据通过。", "The gateway failed, and no data passed."),
    Trouble.NOT_TAKEN: (403, "这份文件不能接受。", "This document cannot be taken."),
    Trouble.OUT_OF_TURN: (409, "前一份文件还没有到。", "The document before this one has not come yet."),
    Trouble.UNREADABLE: (
        400,
        "密文不是给本节点的，或已被改动。",
        "What is sealed is for another key or place, or was changed.",
    ),
    Trouble.OUT_OF_ORDER: (409, "中间缺了一次送达。", "A delivery before this one is missing."),
    Trouble.ENDED: (409, "这一路送达已经结束。", "This stream of deliveries has ended."),
    Trouble.OTHER_STREAM: (403, "这一路送达属于另一份授权。", "This stream is another grant's."),
    Trouble.MANIFEST: (
        403,
        "清单不是这一批的，或签名不对。",
        "The manifest is not this batch's, or not rightly signed.",
    ),
    Trouble.DISAGREES: (
        409,
        "收到的与清单不一致，已全部弃用。",
        "What came differs from the manifest: all of it was thrown away.",
    ),
    Trouble.NO_SEALING_KEY: (
        503,
        "节点名单里没有对方的加密密钥。",
        "The list of nodes gives the receiver no key to seal to.",
    ),
    Trouble.NOT_LOOKED_UP: (
        403,
        "有的记录没有为所说的办件查询过，不予推送。",
        "Some rows were never looked up for the case that is named; they are not followed.",
    ),
}
ALARMING = frozenset(
    {Trouble.EXCESS, Trouble.UNSIGNED, Fault.OTHER_REQUEST, Fault.STATUS, Fault.BODY, Fault.REPLAYED}
    | {Trouble.UNREADABLE, Trouble.OTHER_STREAM, Trouble.MANIFEST, Trouble.DISAGREES}
)
UNKNOWN = (502, "对方拒绝了请求。", "The other node refused.")


class Refused(Exception):
    """Nothing passes; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = str(code)


def status_of(code: str) -> int:
    """The HTTP status of a refusal."""
    return WORDS.get(code, UNKNOWN)[0]


def told(code: str) -> dict[str, str]:
    """A refusal in words, as it is answered."""
    _, chinese, english = WORDS.get(code, UNKNOWN)
    return {"code": code, "zh": chinese, "en": english}
