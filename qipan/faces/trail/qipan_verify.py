"""Check receipts and copies of a Qipan trail, trusting nobody: one file, Python's standard library, no network.

    python3 qipan_verify.py receipt receipt.json --keys keys.txt
    python3 qipan_verify.py copy copy.jsonl --keys keys.txt --against witnessed.txt

``keys.txt`` holds the keys that you trust, one a line: the trail's own, and those of witnesses. The formats are documented to the
byte in docs/handbook/trail.md. Exit status: 0 all is as it should be, 1 something is wrong, 2 the files cannot be read.
"""

import argparse
import base64
import hashlib
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

WORDS = {
    "altered": ("第 {leaf} 号存证（记录 {id}）被改动：内容与树上的指纹不符。", "Leaf {leaf} (entry {id}) was altered: what it says does not give the tree's hash."),
    "details": ("第 {leaf} 号存证（记录 {id}）的细节被改动：与承诺值不符。", "The details of leaf {leaf} (entry {id}) were altered: they do not fit their commitment."),
    "dropped": ("第 {leaf} 号存证（记录 {id}）被删除。", "Leaf {leaf} (entry {id}) was dropped."),
    "gap": ("缺第 {leaf} 号存证，接着的是第 {found} 号。", "Leaf {leaf} is missing; leaf {found} follows."),
    "reordered": ("第 {leaf} 号存证（记录 {id}）次序被调换：它应是第 {belongs} 号。", "Leaf {leaf} (entry {id}) was reordered: it belongs at {belongs}."),
    "backdated": ("第 {leaf} 号存证（记录 {id}）的时间被改：写着 {says}，却在 {after} 至 {before} 之间封存。", "Leaf {leaf} (entry {id}) was back-dated: it says {says}, but was sealed between {after} and {before}."),
    "late": ("第 {leaf} 号存证（记录 {id}）时间可疑：写着 {says}，却在 {after} 至 {before} 之间封存。", "The time of leaf {leaf} (entry {id}) is doubtful: it says {says}, but was sealed between {after} and {before}."),
    "slipped": ("记录 {id}（写着 {says}）是事后插入的：不在树上，却排在已封存的记录之间。", "Entry {id} (which says {says}) was slipped in afterwards: it stands among sealed entries and is not in the tree."),
    "silent": ("第 {leaf} 号存证（记录 {id}）的细节被清除，但没有清除的存证。", "The details of leaf {leaf} (entry {id}) were erased, and no entry says so."),
    "root": ("{name}：前 {size} 号存证的树根与签名的存证点不符，树被改写。", "{name}: the first {size} leaves do not give the root of the signed checkpoint; the tree was rewritten."),
    "anchor": ("{name}：前 {size} 号存证与见证人签过的存证点不符；整个轨迹被改写并重新签名（改动在第 {after} 号至第 {size} 号之间）。", "{name}: the first {size} leaves differ from what a witness cosigned; the trail was rewritten and signed anew (between leaf {after} and leaf {size})."),
    "shrunk": ("{name}：见证人见过 {size} 号存证，这里只有 {here} 号；轨迹被回退。", "{name}: a witness saw {size} leaves, here are only {here}; the trail was rolled back."),
    "signature": ("{name}：存证点上 {key} 的签名是假的。", "{name}: the signature of {key} on the checkpoint is false."),
    "unsigned": ("{name}：存证点上没有您信任的签名。", "{name}: no signature on the checkpoint is by a key that you trust."),
    "witnesses": ("{name}：要 {wanted} 位见证人，只有 {found} 位。", "{name}: {wanted} witnesses are asked for, {found} signed."),
    "path": ("{name}：证明对不上，这条存证不在签名的树上。", "{name}: the proof does not lead to the signed root; this entry is not in the tree."),
    "origin": ("存证点属于 {name}，不是要查的轨迹。", "The checkpoint is of {name}, not of the trail in question."),
    "malformed": ("第 {line} 行读不懂：{why}", "Line {line} cannot be read: {why}"),
    "good-receipt": ("属实：第 {leaf} 号存证，{says}，已在签名的树上。见证人 {found} 位。", "True: leaf {leaf}, {says}, is in the signed tree. Witnesses: {found}."),
    "good-copy": ("属实：第 {start} 号至第 {end} 号（不含）共 {count} 条，与存证点和 {anchors} 个见证一致。", "True: leaves {start} up to, without, {end} ({count}) agree with the checkpoint and {anchors} witnessed ones."),
}  # fmt: skip
TOLERANCE = timedelta(minutes=15)  # a long transaction, a clock that is off
FUNCTIONS = ("sm3", "sha256")
ED25519, COSIGNATURE, SM2 = b"\x01", b"\x04", b"\xffgmt.0009.sm2-sm3"
DIGEST = 32
BLOCK = 16  # words of a block of SM3
HEAD_LINES = 3
BEGINNING, END = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)


class Finding(NamedTuple):
    """Something that is wrong: which sentence of `WORDS`, and what to put into it."""

    code: str
    values: dict[str, Any]

    def text(self, language: str) -> str:
        """Say it, in ``zh`` or ``en``."""
        return WORDS[self.code][language == "en"].format(**self.values)


class Unreadable(Exception):
    """A file is not in its format; the message says where."""


class Key(NamedTuple):
    """A key that is trusted."""

    name: str
    key_id: bytes
    kind: bytes
    public: bytes


class Head(NamedTuple):
    """A checkpoint: its tree, its witnesses by name with the times they signed at, and what is wrong with it."""

    origin: str
    size: int
    root: bytes
    witnesses: dict[str, datetime]
    wrong: list[Finding]


# --- Hashing


def rotated(word: int, by: int) -> int:
    by %= 32
    return (word << by | word >> (32 - by)) & 0xFFFFFFFF


def sm3_in_python(data: bytes) -> bytes:
    """GB/T 32905, for Pythons whose hashlib has no SM3."""
    state = [0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600, 0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E]
    padded = data + b"\x80" + bytes(-(len(data) + 9) % 64) + (8 * len(data)).to_bytes(8, "big")
    for at in range(0, len(padded), 64):
        state = [old ^ new for old, new in zip(state, compressed(state, padded[at : at + 64]), strict=True)]
    return b"".join(word.to_bytes(4, "big") for word in state)


def compressed(state: Sequence[int], block: bytes) -> list[int]:
    words = [int.from_bytes(block[at : at + 4], "big") for at in range(0, 64, 4)]
    for at in range(BLOCK, 68):
        mixed = words[at - 16] ^ words[at - 9] ^ rotated(words[at - 3], 15)
        mixed ^= rotated(mixed, 15) ^ rotated(mixed, 23)
        words.append(mixed ^ rotated(words[at - 13], 7) ^ words[at - 6])
    a, b, c, d, e, f, g, h = state
    for at in range(64):
        early = at < BLOCK
        first = rotated(rotated(a, 12) + e + rotated(0x79CC4519 if early else 0x7A879D8A, at) & 0xFFFFFFFF, 7)
        chosen = a ^ b ^ c if early else a & b | a & c | b & c
        taken = e ^ f ^ g if early else e & f | ~e & g
        one = chosen + d + (first ^ rotated(a, 12)) + (words[at] ^ words[at + 4]) & 0xFFFFFFFF
        two = taken + h + first + words[at] & 0xFFFFFFFF
        a, b, c, d = one, a, rotated(b, 9), c
        e, f, g, h = two ^ rotated(two, 9) ^ rotated(two, 17), e, rotated(f, 19), g
    return [a, b, c, d, e, f, g, h]


def sm3(data: bytes) -> bytes:
    try:
        return hashlib.new("sm3", data).digest()
    except ValueError:
        return sm3_in_python(data)


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


HASH: dict[str, Callable[[bytes], bytes]] = {"sm3": sm3, "sha256": sha256}

# --- Signatures

P25519 = 2**255 - 19
L25519 = 2**252 + 27742317777372353535851937790883648493
D25519 = -121665 * pow(121666, -1, P25519) % P25519
SM2_P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
SM2_A = SM2_P - 3
SM2_B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
SM2_N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
SM2_G = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)
Point = tuple[int, int] | None  # of SM2's curve; None is the point at infinity
Edwards = tuple[int, int]  # of Ed25519's


def edwards_sum(one: Edwards, two: Edwards) -> Edwards:
    (x1, y1), (x2, y2) = one, two
    product = D25519 * x1 * x2 * y1 * y2
    x = (x1 * y2 + x2 * y1) * pow(1 + product, -1, P25519)
    y = (y1 * y2 + x1 * x2) * pow(1 - product, -1, P25519)
    return x % P25519, y % P25519


def edwards_times(times: int, point: Edwards) -> Edwards:
    whole = (0, 1)
    while times:
        if times & 1:
            whole = edwards_sum(whole, point)
        point, times = edwards_sum(point, point), times >> 1
    return whole


def edwards_point(encoded: bytes) -> Edwards | None:
    """RFC 8032, section 5.1.3."""
    y = int.from_bytes(encoded, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    square = (y * y - 1) * pow(D25519 * y * y + 1, -1, P25519) % P25519
    x = pow(square, (P25519 + 3) // 8, P25519)
    if (x * x - square) % P25519:
        x = x * pow(2, (P25519 - 1) // 4, P25519) % P25519
    if y >= P25519 or (x * x - square) % P25519 or (x == 0 and sign):
        return None
    return (x if x & 1 == sign else P25519 - x), y


def ed25519_verifies(public: bytes, signature: bytes, message: bytes) -> bool:
    """RFC 8032, section 5.1.7."""
    key, nonce = edwards_point(public), edwards_point(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    base = edwards_point((4 * pow(5, -1, P25519) % P25519).to_bytes(32, "little"))
    if len(signature) != 2 * DIGEST or key is None or nonce is None or base is None or scalar >= L25519:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L25519
    return edwards_times(scalar, base) == edwards_sum(nonce, edwards_times(challenge, key))


def sm2_sum(one: Point, two: Point) -> Point:
    if one is None or two is None:
        return one or two
    (x1, y1), (x2, y2) = one, two
    if x1 == x2 and (y1 + y2) % SM2_P == 0:
        return None
    rise, run = (3 * x1 * x1 + SM2_A, 2 * y1) if one == two else (y2 - y1, x2 - x1)
    slope = rise * pow(run, -1, SM2_P)
    x = (slope * slope - x1 - x2) % SM2_P
    return x, (slope * (x1 - x) - y1) % SM2_P


def sm2_times(times: int, point: Point) -> Point:
    whole: Point = None
    while times:
        if times & 1:
            whole = sm2_sum(whole, point)
        point, times = sm2_sum(point, point), times >> 1
    return whole


def sm2_verifies(public: bytes, signature: bytes, message: bytes) -> bool:
    """GB/T 32918.2, section 7, with the default identifier of the signer."""
    x, y = int.from_bytes(public[1:33], "big"), int.from_bytes(public[33:], "big")
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    on_curve = max(x, y) < SM2_P and (y * y - x * x * x - SM2_A * x - SM2_B) % SM2_P == 0
    if (
        len(public) != 2 * DIGEST + 1
        or len(signature) != 2 * DIGEST
        or public[0] != COSIGNATURE[0]
        or not on_curve
    ):
        return False
    if not (0 < r < SM2_N and 0 < s < SM2_N) or (r + s) % SM2_N == 0:
        return False
    numbers = b"".join(one.to_bytes(32, "big") for one in (SM2_A, SM2_B, *SM2_G, x, y))
    signer = sm3((128).to_bytes(2, "big") + b"1234567812345678" + numbers)
    digest = int.from_bytes(sm3(signer + message), "big")
    point = sm2_sum(sm2_times(s, SM2_G), sm2_times((r + s) % SM2_N, (x, y)))
    return point is not None and (digest + point[0]) % SM2_N == r


# --- Notes


def read_keys(text: str) -> list[Key]:
    """Read keys, one a line, but for lines that begin with #; raises Unreadable."""
    return [read_key(line.strip()) for line in text.splitlines() if line.strip() and line[0] != "#"]


def read_key(line: str) -> Key:
    name, _, rest = line.partition("+")
    encoded = base64.b64decode(rest.partition("+")[2])
    kind = next((one for one in (SM2, ED25519, COSIGNATURE) if encoded.startswith(one)), None)
    if kind is None:
        raise Unreadable(line)
    key_id = hashlib.sha256(name.encode() + b"\n" + encoded).digest()[:4]
    if key_id.hex() != rest.partition("+")[0]:
        raise Unreadable(line)
    return Key(name, key_id, kind, encoded[len(kind) :])


def read_head(note: str, keys: Sequence[Key]) -> Head:
    """Read a checkpoint and check the signatures of those keys; raises Unreadable."""
    text, _, lines = note.rpartition("\n\n")
    parts = text.split("\n")
    if len(parts) < HEAD_LINES or not parts[1].isdigit():
        raise Unreadable(note)
    wrong, signed, witnesses = [], False, {}
    for line in lines.splitlines():
        _dash, name, encoded = line.split(" ")
        value = base64.b64decode(encoded)
        key = next((one for one in keys if (one.name, one.key_id) == (name, value[:4])), None)
        if key is None:
            continue
        if not signature_verifies(key, value[4:], text + "\n"):
            wrong.append(Finding("signature", {"name": parts[0], "key": name}))
        elif key.kind == COSIGNATURE:
            witnesses[name] = BEGINNING + timedelta(seconds=int.from_bytes(value[4:12], "big"))
        else:
            signed = signed or name == parts[0]
    if not signed:
        wrong.append(Finding("unsigned", {"name": parts[0]}))
    return Head(parts[0], int(parts[1]), base64.b64decode(parts[2]), witnesses, wrong)


def signature_verifies(key: Key, value: bytes, text: str) -> bool:
    if key.kind == SM2:
        return sm2_verifies(key.public, value, text.encode())
    if key.kind == ED25519:
        return ed25519_verifies(key.public, value, text.encode())
    time = int.from_bytes(value[:8], "big")
    return ed25519_verifies(key.public, value[8:], f"cosignature/v1\ntime {time}\n{text}".encode())


# --- Entries and the tree


def written(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def leaf_of(entry: dict[str, Any], function: str) -> bytes:
    """The leaf that an entry gives."""
    said = {name: entry[name] for name in ("act", "actor", "actor_kind", "at", "on_behalf_of", "subject")}
    return HASH[function](b"\x00" + written({**said, "details": entry["commitment"]}).encode())


def details_fit(entry: dict[str, Any]) -> bool:
    """Whether the details are those committed to; true where they were erased."""
    if entry["salt"] is None:
        return entry["details"] is None
    text = bytes.fromhex(entry["salt"]) + written(entry["details"]).encode()
    return bool(entry["commitment"] == (sm3(text) + sha256(text)).hex())


def joined(function: str, left: bytes, right: bytes) -> bytes:
    return HASH[function](b"\x01" + left + right)


def root_of_path(function: str, leaf: int, size: int, digest: bytes, path: Sequence[bytes]) -> bytes | None:
    """RFC 9162, section 2.1.3.2; None where the path has the wrong length."""
    place, last, whole = leaf, size - 1, digest
    for other in path:
        if last == 0:
            return None
        if place % 2 or place == last:
            whole = joined(function, other, whole)
            while place and not place % 2:
                place, last = place // 2, last // 2
        else:
            whole = joined(function, whole, other)
        place, last = place // 2, last // 2
    return whole if last == 0 else None


class Tree:
    """A tree that grows at its right end, by perfect subtrees."""

    def __init__(self, function: str) -> None:
        """Begin with nothing."""
        self.function, self.size = function, 0
        self.stack: list[tuple[int, bytes]] = []

    def append(self, level: int, whole: bytes) -> None:
        """Append a subtree of ``2 ** level`` leaves."""
        self.size += 1 << level
        while self.stack and self.stack[-1][0] == level:
            whole, level = joined(self.function, self.stack.pop()[1], whole), level + 1
        self.stack.append((level, whole))

    def append_span(self, end: int, subtrees: Iterable[str]) -> None:
        """Append the perfect subtrees up to a size, as a copy's first line lists them."""
        for subtree in subtrees:
            level = (end - self.size).bit_length() - 1
            aligned = (self.size & -self.size).bit_length() - 1 if self.size else level
            self.append(min(level, aligned), bytes.fromhex(subtree))

    def root(self) -> bytes:
        """The root over all that was appended."""
        if not self.stack:
            return HASH[self.function](b"")
        whole = self.stack[-1][1]
        for _, left in reversed(self.stack[:-1]):
            whole = joined(self.function, left, whole)
        return whole


# --- Receipts


def check_receipt(receipt: dict[str, Any], keys: Sequence[Key], witnesses: int = 0) -> list[Finding]:
    """What is wrong with a receipt; nothing, where the act it tells of is in the signed tree. Raises Unreadable."""
    if receipt.get("format") != "qipan-receipt/1":
        raise Unreadable("format")
    entry, leaf = receipt["entry"], receipt["leaf"]
    found = [] if details_fit(entry) else [Finding("details", {"leaf": leaf, "id": entry["id"]})]
    for function in FUNCTIONS:
        tree = receipt["trees"][function]
        head = read_head(tree["checkpoint"], keys)
        found += head.wrong
        path = [bytes.fromhex(one) for one in tree["path"]]
        if not head.origin.endswith(f"/{function}"):
            found.append(Finding("origin", {"name": head.origin}))
        root = root_of_path(function, leaf, head.size, leaf_of(entry, function), path)
        if root != head.root or not 0 <= leaf < head.size:
            found.append(Finding("path", {"name": head.origin}))
        if len(head.witnesses) < witnesses:
            told = {"name": head.origin, "wanted": witnesses, "found": len(head.witnesses)}
            found.append(Finding("witnesses", told))
    return found


# --- Copies


class Mismatch(NamedTuple):
    """A row that does not give its leaf: with the leaf it gives, the one it should give, and when it was sealed."""

    leaf: int
    id: int
    says: str
    gives: str
    expected: str
    window: tuple[datetime, datetime]


class Checker:
    """Goes through a copy once, in constant memory but for what is wrong."""

    def __init__(self, first: dict[str, Any], keys: Sequence[Key], anchors: Sequence[Head]) -> None:
        """Begin with the copy's first line, the keys that are trusted, and heads that witnesses signed."""
        if first.get("format") != "qipan-copy/1":
            raise Unreadable("format")
        self.start, self.end, self.first = first["from"], first["to"], first
        self.heads = {function: read_head(first["checkpoints"][function], keys) for function in FUNCTIONS}
        origins = {head.origin for head in self.heads.values()}
        self.anchors = [one for one in anchors if one.origin in origins]
        self.by_size: dict[tuple[str, int], list[Head]] = {}
        for one in self.anchors:
            self.by_size.setdefault((one.origin, one.size), []).append(one)
        self.trees = {function: Tree(function) for function in FUNCTIONS}
        self.agreed = dict.fromkeys(FUNCTIONS, 0)
        self.after, self.before = BEGINNING, END
        self.mismatches: list[Mismatch] = []
        self.erased: dict[int, int] = {}
        self.told: set[str] = set()
        for function, tree in self.trees.items():
            tree.append_span(self.start, first["left"][function])
        self.next = self.start

    def findings(self, lines: Iterable[dict[str, Any]]) -> Iterator[Finding]:
        """Everything that is wrong, as it is found."""
        for head in self.heads.values():
            yield from head.wrong
        for line in lines:
            if "sealed" in line:
                self.after, self.before = moment(line["after"]), moment(line["sealed"])
            elif line["leaf"] is None:
                yield Finding("slipped", {"id": line["id"], "says": line["at"]})
            else:
                yield from self._leaf(line)
        yield from self._explained()
        yield from self._ended()

    def good(self) -> Finding:
        """What there is to say where nothing is wrong."""
        span = {"start": self.start, "end": self.end, "count": self.end - self.start}
        return Finding("good-copy", span | {"anchors": len(self.anchors)})

    def _leaf(self, line: dict[str, Any]) -> Iterator[Finding]:
        if line["leaf"] != self.next:
            yield Finding("gap", {"leaf": self.next, "found": line["leaf"]})
        self.next = line["leaf"] + 1
        for place, tree in enumerate(self.trees.values()):
            tree.append(0, bytes.fromhex(line["digests"])[DIGEST * place : DIGEST * (place + 1)])
            yield from self._anchored(tree)
        where = {"leaf": line["leaf"], "id": line["id"]}
        if "act" not in line:
            yield Finding("dropped", where)
            return
        gives = b"".join(leaf_of(line, function) for function in FUNCTIONS).hex()
        window = (self.after, self.before)
        if gives != line["digests"]:
            self.mismatches.append(
                Mismatch(line["leaf"], line["id"], line["at"], gives, line["digests"], window)
            )
        elif not details_fit(line):
            yield Finding("details", where)
        elif not self._in_time(line["at"], window):
            yield Finding("late", where | times(line["at"], window))
        if line["salt"] is None:
            self.erased[line["id"]] = line["leaf"]
        if line["act"] == "erase_details":
            self.told.add(line["subject"])

    def _anchored(self, tree: Tree) -> Iterator[Finding]:
        for head in self.by_size.get((self.heads[tree.function].origin, tree.size), ()):
            if head.root == tree.root():
                self.agreed[tree.function] = tree.size
            else:
                told = {"name": head.origin, "size": head.size, "after": self.agreed[tree.function]}
                yield Finding("anchor", told)

    def _explained(self) -> Iterator[Finding]:
        """A row that gives another one's leaf was moved; one that says a time it cannot have been sealed at was back-dated."""
        belonging = {one.expected: one.leaf for one in self.mismatches}
        for one in self.mismatches:
            where = {"leaf": one.leaf, "id": one.id}
            if one.gives in belonging:
                yield Finding("reordered", where | {"belongs": belonging[one.gives]})
            elif not self._in_time(one.says, one.window):
                yield Finding("backdated", where | times(one.says, one.window))
            else:
                yield Finding("altered", where)

    def _ended(self) -> Iterator[Finding]:
        if self.next != self.end:
            yield Finding("gap", {"leaf": self.next, "found": self.end})
        for function, tree in self.trees.items():
            head = self.heads[function]
            whole = tree.size == self.end  # a gap was told already
            tree.append_span(head.size, self.first["right"][function] if whole else ())
            if whole and (tree.size, tree.root()) != (head.size, head.root):
                yield Finding("root", {"name": head.origin, "size": head.size})
            for anchor in self.anchors:
                if anchor.origin == head.origin and anchor.size > head.size:
                    told = {"name": head.origin, "size": anchor.size, "here": head.size}
                    yield Finding("shrunk", told)
        if self.end == self.heads[FUNCTIONS[0]].size:
            for entry, leaf in self.erased.items():
                if f"entry:{entry}" not in self.told:
                    yield Finding("silent", {"leaf": leaf, "id": entry})

    @staticmethod
    def _in_time(says: str, window: tuple[datetime, datetime]) -> bool:
        return window[0] - TOLERANCE <= moment(says) <= window[1] + TOLERANCE


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def times(says: str, window: tuple[datetime, datetime]) -> dict[str, str]:
    return {"says": says, "after": window[0].isoformat(), "before": window[1].isoformat()}


def read_anchors(text: str, keys: Sequence[Key]) -> list[Head]:
    """Read notes that stand one after the other, or one to a line as JSON; only those that a trusted witness signed count."""
    notes = (
        [json.loads(line)["checkpoint"] for line in text.splitlines()] if text[:1] == "{" else parted(text)
    )
    heads = [read_head(note, keys) for note in notes]
    return [head for head in heads if head.witnesses]


def parted(text: str) -> list[str]:
    """Part notes at the ends of their signature lines."""
    notes, lines = [], text.splitlines(keepends=True)
    begun: list[str] = []
    for place, line in enumerate(lines):
        begun.append(line)
        signed = line.startswith("— ")
        if signed and (place + 1 == len(lines) or not lines[place + 1].startswith("— ")):
            notes.append("".join(begun).lstrip("\n"))
            begun = []
    return notes


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            try:
                yield json.loads(line)
            except ValueError as error:
                raise Unreadable(f"{path}:{number}: {error}") from None


# --- The command


def main(words: Sequence[str] | None = None) -> int:
    """Check what the command line names; give the exit status."""
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n", 1)[0])
    parser.add_argument("what", choices=["receipt", "copy"])
    parser.add_argument("file", type=Path)
    parser.add_argument("--keys", type=Path, required=True, help="keys that you trust, one a line")
    parser.add_argument(
        "--against", type=Path, action="append", default=[], help="checkpoints that witnesses signed"
    )
    parser.add_argument("--witnesses", type=int, default=0, help="how many witnesses must have signed")
    parser.add_argument("--lang", choices=["zh", "en"], default="zh")
    given = parser.parse_args(words)
    try:
        keys = read_keys(given.keys.read_text(encoding="utf-8"))
        found, good = receipt_checked(given, keys) if given.what == "receipt" else copy_checked(given, keys)
    except (Unreadable, OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return 2
    for finding in found or [good]:
        sys.stdout.write(finding.text(given.lang) + "\n")
    return 1 if found else 0


def receipt_checked(given: argparse.Namespace, keys: Sequence[Key]) -> tuple[list[Finding], Finding]:
    receipt = json.loads(given.file.read_text(encoding="utf-8"))
    return check_receipt(receipt, keys, given.witnesses), good_receipt(receipt, keys)


def good_receipt(receipt: dict[str, Any], keys: Sequence[Key]) -> Finding:
    """What there is to say of a receipt that nothing is wrong with."""
    head = read_head(receipt["trees"]["sm3"]["checkpoint"], keys)
    says = f"{receipt['entry']['act']} {receipt['entry']['at']}"
    return Finding("good-receipt", {"leaf": receipt["leaf"], "says": says, "found": len(head.witnesses)})


def copy_checked(given: argparse.Namespace, keys: Sequence[Key]) -> tuple[list[Finding], Finding]:
    anchors = [
        head for path in given.against for head in read_anchors(path.read_text(encoding="utf-8"), keys)
    ]
    lines = read_lines(given.file)
    checker = Checker(next(lines), keys, anchors)
    return list(checker.findings(lines)), checker.good()


if __name__ == "__main__":
    sys.exit(main())
