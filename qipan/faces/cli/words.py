"""The command line's own words, Chinese and English."""

from collections.abc import Mapping
from typing import Final

_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    # opening a library
    "library-faulty": ("事项库有 {count} 处错误，改正后才能用。", "The library has {count}; put right what is wrong first."),
    "no-event": ("没有“{name}”这件事。", "There is no life event “{name}”."),
    "did-you-mean": ("是不是 {names}？", "Did you mean {names}?"),
    "there-are": ("有这些：{names}", "There are: {names}"),
    "no-field": ("“{event}”里没有“{name}”这一项，请写成“主体.数据元”。", "{event} has no field “{name}”; write it as party.element."),
    "no-resource": ("没有“{name}”这个数据资源。", "There is no resource “{name}”."),
    "no-certificate": ("没有“{name}”这种电子证照。", "There is no certificate “{name}”."),
    "no-service": ("“{event}”里没有“{name}”这个可以不办的事项。{there}", "{event} has no optional service “{name}”. {there}"),
    "none-optional": ("这件事的事项都要办，没有可以不办的。", "Every service of this event is required; none can be left out."),
    "optional-are": ("可以不办的有：{names}。", "These can be left out: {names}."),
    "wallet-form": ("证照请写成 {form}。", "Write the certificate as {form}."),
    # mistakes of use
    "use-missing": ("缺少参数 {name}。", "Missing argument {name}."),
    "use-no-option": ("没有 {name} 这个选项。{near}", "There is no option {name}. {near}"),
    "use-no-value": ("{name} 后面要写一个值。", "{name} must be followed by a value."),
    "use-too-many": ("多写了参数：{names}。", "There are arguments too many: {names}."),
    "use-choice": ("{name} 只能是其中之一：{choices}。", "{name} must be one of {choices}."),
    "use-date": ("{name} 应为日期，如 2026-11-22。", "{name} must be a date such as 2026-11-22."),
    "use-file": ("{path} 是文件，请指定它所在的文件夹：{folder}", "{path} is a file; name its folder: {folder}"),
    "use-folder": ("{path} 是文件夹，这里要一个文件。", "{path} is a folder; name a file."),
    "use-nowhere": ("没有 {path}。请检查 {name} 的路径。", "There is no {path}. Check the path of {name}."),
    "use-unreadable": ("{path} 不能读写。请检查 {name} 的权限。", "{path} may not be read or written. Check the permissions of {name}."),
    "use-no-command": ("没有“{name}”这个命令。{near}", "There is no command “{name}”. {near}"),
    # answers
    "answers-too-big": ("文件超过 1 MB，不像是一个人的答复", "it is larger than 1 MB, which no person's answers are"),
    "answers-shut": ("文件打不开（{why}）", "it cannot be opened ({why})"),
    "answers-number": ("里面有一个数字太长", "it holds a number that is too long"),
    "answer-narrower": ("“{value}”不能作为{field}的值，{service}要求{expected}。", "“{value}” is no value for {field}; for {service} {expected}."),
    "answers-unreadable": ("读不了 {file}：{why}", "Cannot read {file}: {why}"),
    "answers-form": ("应是“主体: {{数据元: 值}}”或“主体.数据元: 值”的形式", "it should be “party: {{element: value}}” or “party.element: value”"),
    "answer-at": ("{place}：{mistake}", "{place}: {mistake}"),
    "answer-wrong": ("“{value}”不能作为{field}的值，{expected}。", "“{value}” is no value for {field}; {expected}."),
    "answer-twice": ("{field}写了两次。请删去一处。", "{field} is answered twice. Delete one of the answers."),
    "answer-list": ("{field}要写一个值，不能写列表或“键: 值”。", "{field} takes one value, not a list or keys with values."),
    "answer-empty": ("{field}还没有写值。请写上，或删去这一行。", "{field} has no value. Write one, or delete the line."),
    "json-wrong": ("第 {line} 行第 {column} 个字处不是合法的 JSON，请检查括号、引号和逗号", "it is no valid JSON at line {line}, character {column}; check brackets, quotes and commas"),
    "line": ("第 {line} 行：{what}", "line {line}: {what}"),
    "too-low": ("不得小于 {limit}", "it must be at least {limit}"),
    "too-high": ("不得大于 {limit}", "it must be at most {limit}"),
    "too-early": ("不得早于 {limit}", "it must not be before {limit}"),
    "too-late": ("不得晚于 {limit}", "it must not be after {limit}"),
    "too-short": ("至少要 {limit} 个字", "it must have at least {limit} characters"),
    "too-long": ("最多 {limit} 个字", "it must have at most {limit} characters"),
    "longest": ("最多 {limit} 个字", "it must have at most {limit} characters"),
    "expected-one-of": ("只能是：{allowed}", "it must be one of {allowed}"),
    "expected-pattern": ("写法应合乎 {pattern}", "it must match {pattern}"),
    "expected-format": ("应为合乎 {format} 的号码", "it must be a number or address of the format {format}"),
    "expected-text": ("请对照数据元的要求（{checks}）", "see what the element demands ({checks})"),
    "expected-integer": ("应为整数", "it should be a whole number"),
    "expected-decimal": ("应为数字", "it should be a number"),
    "expected-boolean": ("应为 true 或 false", "it should be true or false"),
    "expected-date": ("应为日期，如 2026-11-22", "it should be a date such as 2026-11-22"),
    "expected-code": ("可以是：{codes}", "it can be: {codes}"),
    # a plan
    "estimate": ("按通常情况估算（{assumed}）；用 --answers 换成真实情况。", "An estimate for the usual case ({assumed}); give the real one with --answers."),
    "summary": ("事项 {services} 个 · 问题 {questions} 个 · 要提供的材料 {uploads} 份 · 承诺 {days} 个工作日办完", "Services: {services} · questions: {questions} · documents to send: {uploads} · promised in {days} working days"),
    "questions": ("要您回答的", "What you are asked"),
    "question": ("问题", "Question"),
    "why": ("为什么", "Why"),
    "nothing-asked": ("什么都不用填。", "Nothing has to be filled in."),
    "lookups": ("不用您填、由系统查询的", "What is looked up instead of asked"),
    "lookup": ("查询", "Look-up"),
    "by": ("用什么查", "Looked up by"),
    "gives": ("查到什么", "What it gives"),
    "agency": ("部门", "Agency"),
    "stage": ("阶段", "Stage"),
    "services": ("各部门怎么办", "How the agencies handle it"),
    "service": ("事项", "Service"),
    "days": ("第几个工作日", "Working days"),
    "waits-for": ("要等", "Waits for"),
    "evidence": ("材料", "Documents"),
    "document": ("材料", "Document"),
    "met-by": ("怎么解决", "How it is met"),
    "met-certificate": ("电子证照：{via}", "certificate: {via}"),
    "met-facts": ("免交，已有：{via}", "not needed, known: {via}"),
    "met-upload": ("请您提供", "please send it"),
    "savings": ("省了多少", "What it saves"),
    "compared": ("与逐个部门办相比", "Against going agency by agency"),
    "difference": ("差别", "Difference"),
    "saved": ("省 {number}", "{number} less"),
    "more": ("多 {number}", "{number} more"),
    "same": ("一样", "the same"),
    "before": ("逐个部门办", "Agency by agency"),
    "after": ("一件事办", "Joined"),
    "fields": ("填写的项", "Fields to fill in"),
    "documents": ("材料", "Documents"),
    "visits": ("跑窗口的次数", "Visits"),
    "working_days": ("工作日", "Working days"),
    "left": ("这次不办的", "What is left out"),
    "open": ("还没有确定的", "What is not settled yet"),
    "critical": ("（决定总时长）", " (decides the length)"),
    "problems": ("问题", "Problems"),
    # explaining
    "asked": ("要请您回答：{field}", "You are asked: {field}"),
    "not-asked": ("不用您填：{field}", "You are not asked: {field}"),
    "unused": ("这次用不到：{field}", "Not used this time: {field}"),
    "would-need": ("“{service}”要用到它，但：{why}", "“{service}” would need it, but: {why}"),
    "would-give": ("“{service}”会产生它，但：{why}", "“{service}” would bring it about, but: {why}"),
    "not-given": ("“{service}”在别的情形下会产生它，这次不会。", "“{service}” brings it about under other circumstances, not this time."),
    "met-otherwise": ("“{service}”要的材料已用别的办法解决，不用它。", "The document that “{service}” asks for is met in another way, without it."),
    "no-concern": ("这件事的各个事项都用不到它。", "No service of this event has a use for it."),
    "needed-by": ("用到它的：{services}", "Who needs it: {services}"),
    "comes": ("从哪里来", "Where it comes from"),
    "step-known": ("登录时已知：{facts}", "Known from signing in: {facts}"),
    "step-answer": ("请您回答：{facts}", "Asked of you: {facts}"),
    "step-resource": ("用{inputs}查“{via}”，得到：{facts}", "Look up “{via}” by {inputs}, which gives: {facts}"),
    "step-certificate": ("电子证照“{via}”上有：{facts}", "The certificate “{via}” states: {facts}"),
    "step-service": ("办好“{via}”后产生：{facts}", "“{via}”, once granted, brings about: {facts}"),
    # graphs
    "written": ("已写入 {file}", "Written to {file}"),
    "no-folder": ("没有文件夹 {folder}，写不了 {file}。请先建好文件夹。", "There is no folder {folder} to write {file} in. Make it first."),
    "unwritable": ("写不了 {file}。请换一个可以写入的位置。", "{file} cannot be written. Choose a place where you may write."),
    # lint
    "more-alike": ("{file}：这样的提醒（{code}）还有 {count} 处。", "{file}: warnings of this kind ({code}) not shown: {count}."),
    "skipped-names": ("没有读（文件名要以小写的 .yaml 或 .yml 结尾，并且是文件）：{names}", "Not read (a file's name must end in .yaml or .yml, in lower case): {names}"),
    "no-errors": ("没有错误：{counts}。", "No errors: {counts}."),
    "clean": ("没有问题：{counts}。", "No problems: {counts}."),
    "found": ("{errors} 处错误，{warnings} 处提醒。", "{errors}, {warnings}."),
    "shape-first": ("改正以上各处以后，再查各项声明之间是否对得上。", "Once these are put right, it is checked whether the declarations fit together."),
    "error": ("错误", "error"),
    "warning": ("提醒", "warning"),
    "see-also": ("另见", "see also"),
}  # fmt: skip


def say(language: str, key: str, **values: object) -> str:
    """Give the words for ``key``, with ``values`` filled in."""
    chinese, english = _WORDS[key]
    return (chinese if language == "zh" else english).format(**values)


def counted(language: str, number: int, plural: str) -> str:
    """A number, in English with the noun it counts: ``1 error``, ``2 agencies``."""
    if language == "zh":
        return str(number)
    if number != 1:
        return f"{number} {plural}"
    return f"1 {plural[:-3]}y" if plural.endswith("ies") else f"1 {plural[:-1]}"
