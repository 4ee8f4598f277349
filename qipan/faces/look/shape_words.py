"""Says what is wrong with the shape of a library's file, for the civil servant who wrote it: problems of code ``syntax``."""

from collections.abc import Iterable, Mapping
from typing import Final

from qipan.core.plan import Problem

_ZH: Final[Mapping[str, str]] = {
    # the file
    "no-files": "文件夹 {folder} 里没有 YAML 文件（.yaml 或 .yml）。请指定事项库所在的文件夹。",
    "encoding": "这个文件不是 UTF-8 编码。请用 UTF-8 编码另存。",
    "unreadable": "这个文件读不了（{detail}）。请检查它的权限。",
    "empty": "这个文件是空的。请写上内容，或删去这个文件。",
    "too-big": "文件超过 16 MB。请拆成几个文件。",
    "too-deep": "内容套了四十多层，多半是括号或缩进写错了。请检查这一行附近。",
    "alias": "这里用了 YAML 的锚点或引用（& 或 *）。请把内容直接写出来；若这是文字，请给它加引号。",
    "tag": "这里用了 YAML 的标签（!）。请去掉；若这是文字，请给它加引号。",
    "documents": "一个文件里写了两份内容（中间有 --- 隔开）。请拆成两个文件。",
    "tab": "行首用了制表符（Tab）。缩进请一律用空格。",
    "colon": "冒号的位置不对。若文字里有冒号，请给整段文字加引号；否则请检查缩进。",
    "dash": "“- ”要另起一行，缩进在它所属的键之下。",
    "indent": "缩进与上面的内容没有对齐。",
    "quote": "这里开始的引号没有结束。",
    "after-quote": "引号或括号结束之后又有内容。若是一段文字，请把整段放进一对引号里。",
    "bracket": "这里开始的括号没有结束，或者少了逗号。",
    "start": "文字不能以这个符号开头（@、%、|、` 等）。请给整段文字加引号。",
    "escape": "双引号里的反斜杠写法不对。请改用单引号，或把反斜杠写成两个。",
    "control": "文件里有不可见的控制字符。请删去。",
    "yaml": "这里不是合法的 YAML（{detail}）。",
    "schema-version": "第一项应写 schema: 1。",
    # the declarations
    "missing-key": "{place}缺少“{key}”。请补上。",
    "unknown-key": "{place}里不能写“{key}”。{nearest}",
    "unquoted-comma": "“{key}”像是一段文字在逗号处断开了。请给整段文字加引号。",
    "expected": "{place}应写{expected}，{found}。",
    "one-choice": "{place}只写一个，不写列表或“键: 值”。可以写：{choices}。",
    "choice": "{place}不能写“{found_text}”。{nearest}可以写：{choices}。",
    "range": "{place}应{range_wanted}，现在是 {found_text}。",
    "count": "{place}应有{count_wanted}项，现在有 {count} 项。",
    "choose-one": "{place}应写且只写这几项中的一项：{choices}。",
    "condition": "{place}的条件看不懂：第 {column} 个字处，{fault}。条件是：{condition}",
    "pattern": "{place}不是合法的正则表达式：第 {column} 个字处写法不对，请检查括号、方括号和反斜杠。现在是 {found_text}",
    "pattern-hangs": "{place}的正则表达式 {found_text} 让同一段文字有太多种读法，核对一个值可能要算上很多年。请让同一段文字只有一种读法，如把 (a+)+ 写成 a+。",
    "codes-and-type": "{place}：代码型的数据元（type: code）要用 codes 写明代码表，其他类型不写 codes。",
    "parties-of-certificate": "{place}：只有用证照满足材料（certificate）时才写 parties。",
    "one-applicant": "{place}里应有且只有一个申请人（applicant: true），{applicants}。",
}
_EN: Final[Mapping[str, str]] = {
    "no-files": "There are no YAML files (.yaml or .yml) in {folder}. Name the folder that holds the library.",
    "encoding": "The file is not UTF-8 text. Save it as UTF-8.",
    "unreadable": "The file cannot be read ({detail}). Check its permissions.",
    "empty": "The file is empty. Write something into it, or delete it.",
    "too-big": "The file is larger than 16 MB. Split it into several files.",
    "too-deep": "The content is nested over forty levels deep; most likely a bracket or the indentation is wrong near this line.",
    "alias": "This uses an anchor or alias of YAML (& or *). Write the content out; if it is text, put it in quotes.",
    "tag": "This uses a tag of YAML (!). Remove it; if it is text, put it in quotes.",
    "documents": "One file holds two documents (with --- between them). Split it into two files.",
    "tab": "The line is indented with a tab. Use spaces throughout.",
    "colon": "A colon is out of place. If it belongs to a text, put the whole text in quotes; otherwise check the indentation.",
    "dash": "“- ” must begin a line of its own, indented below its key.",
    "indent": "The indentation does not line up with what stands above.",
    "quote": "The quotation mark that opens here is never closed.",
    "after-quote": "Something follows the closing quotation mark or bracket. If it is one text, put the whole of it into one pair of quotes.",
    "bracket": "The bracket that opens here is never closed, or a comma is missing.",
    "start": "A text cannot begin with this sign (@, %, |, ` and others). Put the whole text in quotes.",
    "escape": "A backslash inside double quotes is not written properly. Use single quotes, or double the backslash.",
    "control": "The file holds an invisible control character. Delete it.",
    "yaml": "This is not valid YAML ({detail}).",
    "schema-version": "The first entry must be schema: 1.",
    "missing-key": "{place} lacks “{key}”. Add it.",
    "unknown-key": "“{key}” cannot be written in {place}. {nearest}",
    "unquoted-comma": "“{key}” looks like a text that was cut at a comma. Put the whole text in quotes.",
    "expected": "{place} must be {expected}; {found}.",
    "one-choice": "{place} takes one value, not a list or keys with values. It can be: {choices}.",
    "choice": "{place} cannot be “{found_text}”. {nearest}It can be: {choices}.",
    "range": "{place} must be {range_wanted}; it is {found_text}.",
    "count": "{place} must have {count_wanted}; it has {count}.",
    "choose-one": "{place} must give exactly one of these: {choices}.",
    "condition": "The condition of {place} cannot be read: at character {column}, {fault}. It says: {condition}",
    "pattern": "{place} is not a valid regular expression: {detail}.",
    "pattern-hangs": "The regular expression of {place}, {found_text}, lets one text be read in too many ways, so that a single value could take years to check. Let a text be read in one way only: a+ instead of (a+)+.",
    "codes-and-type": "{place}: an element of type code names its list in codes, and no other type does.",
    "parties-of-certificate": "{place}: parties are given only where a certificate meets the document.",
    "one-applicant": "{place} must have exactly one applicant (applicant: true); {applicants}.",
}
_EXPECTED: Final[Mapping[str, tuple[str, str]]] = {
    "text": ("文字", "a text"),
    "name": ("标识（小写字母开头，只用小写字母、数字和下划线，如 birth_registration）", "a name of lower-case letters, digits and _, such as birth_registration"),
    "resource-code": ("目录代码，例如 307001/00001", "a catalogue code such as 307001/00001"),
    "certificate-code": ("18 位统一社会信用代码加三位数字", "a unified social credit code of 18 characters and three digits"),
    "credit-code": ("18 位统一社会信用代码", "a unified social credit code of 18 characters"),
    "element": ("数据元（如 Person.name、Organization.name；主体种类首字母大写，其余小写）", "an element such as Person.name or Organization.name, the kind with a capital letter and the rest in lower case"),
    "words": ("文字，或 {zh: 中文, en: 英文}", "a plain text or {zh: …, en: …}"),
    "field": ("主体.数据元（如 child.name，小写）", "a field as party.element, such as child.name, in lower case"),
    "list": ("列表（每项一行以“- ”开头，或 [甲, 乙]）", "a list (each item on a line beginning with “- ”, or [a, b])"),
    "mapping": ("“键: 值”的形式", "keys with values"),
    "key": ("文字作键", "a text as its key"),
    "integer": ("整数", "a whole number"),
    "number": ("数字", "a number"),
    "truth": ("true（是）或 false（否）", "true or false"),
    "yes": ("true", "true"),
    "date": ("日期（如 2027-12-31）", "a date such as 2027-12-31"),
    "value": ("一个值", "a value"),
    "condition": ("条件（如 mother.age >= 18）", "a condition such as mother.age >= 18"),
    "relation": ("关系（如 spouse(a, b)）", "a relation such as spouse(a, b)"),
    "pattern": ("正则表达式", "a regular expression"),
    "template": ("编号的样子（如 33{region:6}{date}{serial:6}）", "the pattern of a number such as 33{region:6}{date}{serial:6}"),
    "channel": ("渠道（如 online、window）", "a channel such as online or window"),
}  # fmt: skip
_FAULTS: Final[Mapping[str, tuple[str, str]]] = {
    "too-long": ("条件太长", "it is too long"),
    "too-deep": ("括号或 not 套得太深", "brackets or “not” are nested too deep"),
    "too-much": (
        "用到的情形合起来太长（到“{name}”为止）",
        "the situations that it uses, up to “{name}”, are too long together",
    ),
    "single-equals": ("“=”要写成“==”", "“=” must be written “==”"),
    "bad-character": ("不认识“{found}”", "“{found}” is not understood"),
    "arrow": ("“{found}”要写成“{meant}”", "“{found}” must be written “{meant}”"),
    "curly-quote": ('引号请用英文直引号 "', 'use straight quotes, "'),
    "wide-character": (
        "“{found}”请改用英文半角符号",
        "“{found}” is a full-width sign; use the half-width one",
    ),
    "above": (
        "情形“{name}”写在后面；一个情形只能用写在它上面的情形，请把“{name}”移到上面",
        "the situation “{name}” stands further down; a situation may use only those above it, so move “{name}” up",
    ),
    "expected": ("这里应是{what}，不是“{found}”", "{what} should stand here instead of “{found}”"),
    "expected-end": ("条件没有写完，后面应有{what}", "it is unfinished: {what} should follow"),
    "unknown-situation": (
        "这里没有名为“{name}”的情形{nearest}",
        "no situation here is called “{name}”{nearest}",
    ),
    "no-comparison": ("“{field}”后面要写比较，如 == true", "“{field}” must be compared, as in == true"),
}
_MEANT: Final = {"=>": ">=", "=<": "<=", "≥": ">=", "≤": "<=", "≠": "!="}
_ARROWS: Final = {">=": "=>", "<=": "=<"}
_LONGEST: Final = 120
_PARTS: Final[Mapping[str, tuple[str, str]]] = {
    "value": ("值（文字加引号）", "a value (texts in quotes)"),
    "field": ("主体.数据元", "a field"),
    "party": ("主体", "a party"),
    "condition": ("条件", "a condition"),
    "and": ("and、or 或比较", "“and”, “or” or a comparison"),
    "text": ("引号里的文字", "a text in quotes"),
}
SECTIONS: Final[Mapping[str, tuple[str, str]]] = {
    "codes": ("代码表", "code list"),
    "elements": ("数据元", "element"),
    "relations": ("关系", "relation"),
    "agencies": ("部门", "agency"),
    "resources": ("数据资源", "resource"),
    "certificates": ("电子证照", "certificate"),
    "services": ("事项", "service"),
    "events": ("一件事", "life event"),
    "grants": ("共享授权", "grant"),
}


def shape_sentence(problem: Problem, language: str) -> str:
    """Word a problem of code ``syntax``."""
    chinese = language.startswith("zh")
    values = _Values(problem.values, chinese=chinese)
    sentence = (_ZH if chinese else _EN)[values.text("what")].format_map(values.all()).strip()
    return sentence[0].upper() + sentence[1:]


def place(where: object, *, chinese: bool) -> str:
    """A path into a library: 事项 permit 的“needs › who.name”, “needs › who.name” of service permit."""
    path = _texts(where)
    if not path:
        return "这个文件" if chinese else "the file"
    section = SECTIONS.get(path[0], (path[0], path[0]))[0 if chinese else 1]
    if len(path) == 1:
        return section
    rest = " › ".join(path[2:])
    if chinese:
        return f"{section} {path[1]} " + (f"的“{rest}”" if rest else "")
    return (f"“{rest}” of " if rest else "") + f"{section} {path[1]}"


def suggestion(nearest: object, *, chinese: bool) -> str:
    """Name what may have been meant; nothing where nothing is near."""
    names = [f"“{name}”" for name in _texts(nearest)]
    if not names:
        return ""
    return f"是不是{'、'.join(names)}？" if chinese else f"Did you mean {' or '.join(names)}? "


class _Values:
    """A problem's values in words."""

    def __init__(self, values: Mapping[str, object], *, chinese: bool) -> None:
        self.values, self.chinese = values, chinese

    def text(self, name: str) -> str:
        return str(self.values.get(name, ""))

    def all(self) -> dict[str, str]:
        plain = {name: str(value) for name, value in self.values.items()}
        where = place(self.values.get("where", ()), chinese=self.chinese)
        return plain | {
            "condition": _cut(self.text("condition"), self.values.get("column")),
            "place": where,
            "nearest": suggestion(self.values.get("nearest", ()), chinese=self.chinese),
            "choices": ("、" if self.chinese else ", ").join(_texts(self.values.get("choices", ()))),
            "expected": self.choose(_EXPECTED.get(self.text("expected"), ("", ""))),
            "found": self.found(),
            "found_text": self.text("found"),
            "count_wanted": self.count_wanted(),
            "range_wanted": self.range_wanted(),
            "fault": self.fault(),
            "applicants": self.applicants(),
        }

    def choose(self, pair: tuple[str, str]) -> str:
        return pair[0 if self.chinese else 1]

    def found(self) -> str:
        sort = self.text("sort")
        if sort == "text":
            return self.choose((f"现在是“{self.text('found')}”", f"it is “{self.text('found')}”"))
        return self.choose(
            {
                "list": ("现在是一个列表", "it is a list"),
                "mapping": ("现在是“键: 值”的形式", "it has keys with values"),
            }.get(sort, ("现在还没有写", "nothing is written yet"))
        )

    def count_wanted(self) -> str:
        least, most = self.values.get("least"), self.values.get("most")
        if most is None:
            return self.choose((f"至少 {least} ", f"at least {least}"))
        return self.choose((f" {least} ", f"exactly {least}"))

    def range_wanted(self) -> str:
        least, most = self.values.get("least"), self.values.get("most")
        if most is None:
            return self.choose((f"不小于 {least}", f"at least {least}"))
        return self.choose((f"在 {least} 到 {most} 之间", f"between {least} and {most}"))

    def fault(self) -> str:
        code = self.text("fault")
        if code == "expected" and not self.text("found"):
            code = "expected-end"
        code, meant = self._slip(code)
        what = self.choose(_PARTS.get(self.text("expected"), (f"“{self.text('expected')}”",) * 2))
        named = {name: self.text(name) for name in ("name", "field")} | {
            "found": _ARROWS.get(meant, self.text("found")),
            "meant": meant,
        }
        near = suggestion(self.values.get("nearest", ()), chinese=self.chinese).rstrip(" ？?")
        near = near and self.choose((f"（{near}）", f" ({near})"))
        return self.choose(_FAULTS.get(code, ("", ""))).format(what=what, nearest=near, **named)

    def _slip(self, code: str) -> tuple[str, str]:
        """Tell common slips of the pen apart from other signs that are not understood; with what was meant."""
        found, column = self.text("found"), self.values.get("column")
        if code == "unknown-situation" and self.values.get("below"):
            return "above", ""
        if code != "bad-character" or not isinstance(column, int):
            return code, ""
        around = self.text("condition")[column - 1 : column + 1]
        before = self.text("condition")[max(0, column - 2) : column]
        meant = _MEANT.get(around) or _MEANT.get(before)
        if meant:
            return "arrow", meant
        if found in "“”‘’＂":
            return "curly-quote", ""
        return (
            "single-equals" if found == "=" else "wide-character" if found in "（），＝＞＜！" else code
        ), ""

    def applicants(self) -> str:
        names = _texts(self.values.get("applicants", ()))
        if not names:
            return self.choose(("现在一个也没有", "there is none"))
        return self.choose((f"现在有 {'、'.join(names)}", f"there are {', '.join(names)}"))


def _cut(condition: str, column: object) -> str:
    """The part of a long condition around the column at fault."""
    if len(condition) <= _LONGEST:
        return condition
    start = max(0, min(int(str(column or 1)) - _LONGEST // 2, len(condition) - _LONGEST))
    part = condition[start : start + _LONGEST]
    return ("…" if start else "") + part + ("…" if start + _LONGEST < len(condition) else "")


def _texts(values: object) -> tuple[str, ...]:
    return tuple(map(str, values)) if isinstance(values, Iterable) and not isinstance(values, str) else ()
