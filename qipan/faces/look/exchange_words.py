"""Why nothing passed through a gateway, in words for people: what it answers, what the desk shows, what an operator reads.

The codes are those of Fault and Refusal in the core, and of Trouble at the gateway.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple


class Words(NamedTuple):
    """A refusal in both languages, each a sentence."""

    zh: str
    en: str

    def say(self, language: str) -> str:
        """The one of the reader's language."""
        return self.zh if language.startswith("zh") else self.en


UNKNOWN: Final = Words("对方拒绝了请求。", "The other node refused.")
WORDS: Final[Mapping[str, Words]] = {
    "envelope-missing": Words("请求没有带信封或签名。", "The request carries no envelope or no signature."),
    "header-duplicate": Words("同一个请求头出现了两次。", "A header stands twice."),
    "envelope-malformed": Words("信封的写法不对。", "The envelope is not written as it must be."),
    "not-for-us": Words("请求不是发给本节点的。", "The request is for another node."),
    "node-list-ended": Words("节点名单没有或已过期。", "There is no list of nodes, or it has ended."),
    "unknown-node": Words("节点名单里没有这个节点。", "The list of nodes does not name this node."),
    "unknown-key": Words("节点名单里没有这把密钥。", "The list of nodes gives the node no such key."),
    "key-ended": Words("这把密钥还没生效或已失效。", "The key does not hold yet, or holds no more."),
    "suite-refused": Words("不接受这个密码套件。", "This suite is not accepted of the node."),
    "signature-wrong": Words("签名不对。", "The signature is wrong."),
    "clock-off": Words(
        "两边的时钟相差超过60秒，请校准时钟。",
        "The clocks of the two nodes are more than 60 seconds apart: set them right.",
    ),
    "replayed": Words("这个请求已经用过一次。", "This request was made before."),
    "method-altered": Words("请求方法与签名不符。", "The method is not the one that was signed."),
    "path-altered": Words("路径与签名不符。", "The path is not the one that was signed."),
    "query-altered": Words("查询参数与签名不符。", "The query is not the one that was signed."),
    "content-type-altered": Words("内容类型与签名不符。", "The content type is not the one that was signed."),
    "body-altered": Words("正文与签名不符。", "The body is not the one that was signed."),
    "answer-to-another-request": Words("对方回答的是另一个请求。", "The answer is to another request."),
    "status-altered": Words("状态码与签名不符。", "The status is not the one that was signed."),
    "grant-unknown": Words("没有这份授权。", "There is no such grant."),
    "grant-revoked": Words("授权已撤销。", "The grant was revoked."),
    "grant-not-yet": Words("授权还没生效。", "The grant does not hold yet."),
    "grant-expired": Words("授权已到期。", "The grant has ended."),
    "other-provider": Words("授权的提供方不是本节点的这个部门。", "The grant is of another provider."),
    "other-consumer": Words("授权的使用方不是来访的部门。", "The grant is for another consumer."),
    "other-resource": Words("授权不是这个数据资源的。", "The grant is for another resource."),
    "mode-not-granted": Words("授权不包括这种交换方式。", "The grant does not cover this way of exchange."),
    "no-purpose": Words("没有写明用途。", "No purpose is named."),
    "other-purpose": Words("用途与授权不符。", "The purpose is not the grant's."),
    "no-basis": Words("没有写明法律依据。", "No legal basis is named."),
    "other-basis": Words("法律依据与授权不符。", "The legal basis is none of the grant's."),
    "other-event": Words("授权不是办这件事用的。", "The grant is for another life event."),
    "other-service": Words("授权不是办这个事项用的。", "The grant is for other services."),
    "no-case": Words("没有写明办件。", "No case is named."),
    "no-official": Words("没有写明经办人。", "Nobody is named who acts."),
    "no-fields": Words("没有要任何数据项。", "No field is asked for."),
    "field-not-granted": Words("要的数据项超出授权。", "A field is asked for that was not granted."),
    "volume-used-up": Words("今天的授权用量已用完。", "Today's volume of the grant is used up."),
    "foreign-row": Words("这条记录不属于授权的地区。", "The row is of a region that was not granted."),
    "too-big": Words("正文太大。", "The body is too big."),
    "too-deep": Words("正文嵌套太深。", "The body is nested too deep."),
    "too-slow": Words("正文来得太慢。", "The body comes too slowly."),
    "too-many": Words("同时来的请求太多，请稍后再试。", "Too many requests at once; try again later."),
    "not-a-call": Words("正文不是一次调用。", "The body is no call."),
    "keys-wrong": Words("查询条件不对。", "The keys are not those of the resource, or not valid."),
    "case-not-open": Words(
        "没有这个正在办理的办件，或没有当事人同意。", "There is no such open case, or no consent to it."
    ),
    "withheld": Words("这个数据资源不予共享。", "This resource is withheld by law."),
    "wall": Words(
        "按放行规则，要的数据项不能从提供方到使用方。",
        "By the rules of passage, a field that is asked for may not go from the provider to the consumer.",
    ),
    "not-held": Words(
        "本节点没有这个数据资源或数据项。", "This node does not hold the resource or the field."
    ),
    "excess": Words(
        "对方给的数据超出所要的，已拒收并报警。", "More was given than asked for: refused, and reported."
    ),
    "register-down": Words("部门业务库暂时没有回答。", "The register does not answer at the moment."),
    "register-nonsense": Words("部门业务库的回答不可用。", "The register's answer cannot be used."),
    "no-record-no-data": Words(
        "无法留痕，因此不提供数据。", "The call cannot be put on record, so no data pass."
    ),
    "peer-down": Words("对方节点没有回答。", "The other node does not answer."),
    "answer-unsigned": Words("对方的回答没有签名或签名不对。", "The answer is not signed, or not rightly."),
    "not-from-inside": Words("只回答本节点的平台。", "Only this node's own platform is answered here."),
    "gateway-failed": Words("网关出错，没有数据通过。", "The gateway failed, and no data passed."),
    "not-taken": Words("这份文件不能接受。", "This document cannot be taken."),
    "out-of-turn": Words("前一份文件还没有到。", "The document before this one has not come yet."),
    "unreadable": Words(
        "密文不是给本节点的，或已被改动。", "What is sealed is for another key or place, or was changed."
    ),
    "out-of-order": Words("中间缺了一次送达。", "A delivery before this one is missing."),
    "stream-ended": Words("这一路送达已经结束。", "This stream of deliveries has ended."),
    "other-stream": Words("这一路送达属于另一份授权。", "This stream is another grant's."),
    "manifest-wrong": Words(
        "清单不是这一批的，或签名不对。", "The manifest is not this batch's, or not rightly signed."
    ),
    "batch-disagrees": Words(
        "收到的与清单不一致，已全部弃用。", "What came differs from the manifest: all of it was thrown away."
    ),
    "no-sealing-key": Words(
        "节点名单里没有对方的加密密钥。", "The list of nodes gives the receiver no key to seal to."
    ),
    "not-looked-up": Words(
        "有的记录没有为所说的办件查询过，不予推送。",
        "Some rows were never looked up for the case that is named; they are not followed.",
    ),
}


def refusal_said(code: str) -> Words:
    """What a code means."""
    return WORDS.get(code, UNKNOWN)
