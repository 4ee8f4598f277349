"""Acts on a request that two nodes share in, as the other node tells them, and what is written to it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from qipan.adapters.seals import PrivateKey
from qipan.catalogue import queries as published
from qipan.core.catalogues import SIGNED_CATALOGUE, Catalogue, held
from qipan.core.grants import SIGNED_GRANT
from qipan.core.share_acts import SIGNED_ACT, AskedFor, ShareAct, read_act
from qipan.exchange.operations import accept_catalogue
from qipan.sharing import operations
from qipan.sharing.granted import drafted
from qipan.sharing.locked import lock_any
from qipan.sharing.models import ShareLetter, ShareRequest
from qipan.sharing.signers import Signer
from tests.nodes.listed import HERE, NOW, THERE, signed
from tests.sharing.conftest import PROVINCE, WANTED

SIGNING = {"here": Signer("here", HERE), "there": Signer("there", THERE)}
THEIRS = AskedFor(
    number="GX-20261123-ABCDEF", resource="population", consumer="310000.health", provider=PROVINCE, event="birth",
    services=("birth_certificate",), purpose="核验身份", purpose_en="", basis=("母婴保健法",), fields=("person.name",),
    region="", region_field="", own_cases=True, modes=("look-up",), volume=10, retention=1, until=WANTED.until or NOW.date(),
)  # fmt: skip


def hold_there(node: str = "there", key: PrivateKey = THERE) -> None:
    """Have another node hold the population."""
    library = published.current_library()
    resources = {"population": held(library, ["none"], lambda _: PROVINCE)["population"]}
    document = Catalogue(node, 1, NOW, resources).document()
    accept_catalogue(document=document, signed=signed(key, SIGNED_CATALOGUE + document), at=NOW)


def told(act: ShareAct, key: PrivateKey = THERE) -> str:
    """Have another node tell an act."""
    document = act.document()
    with transaction.atomic():
        return operations.take_act(document=document, signed=signed(key, SIGNED_ACT + document), at=NOW)


def theirs(request: UUID, number: int, act: str, **changes: Any) -> ShareAct:
    usual = {"to": "here", "at": NOW, "node": "there", "agency": "310000.health", "official": "李医生"}
    return ShareAct(request=str(request), number=number, act=act, **{**usual, **changes})


def letters(peer: str = "there") -> list[ShareAct]:
    """All that was written to another node, in its order."""
    written = ShareLetter.objects.filter(outward=True, peer=peer).order_by("id")
    return [read_act(bytes(one)) for one in written.values_list("document", flat=True)]


def granted(asked: AskedFor, key: PrivateKey = THERE, **changes: Any) -> Mapping[str, Any]:
    """What an approver at another node answers; or something else than was asked."""
    row = ShareRequest.objects.get(number=asked.number)
    from_here = operations_draft(row)
    document = replace(from_here, **changes).document()
    own = signed(key, SIGNED_GRANT + document)
    return {
        "grant": document.decode(),
        "fields": asked.fields,
        "key": own.key,
        "signature": own.signature.hex(),
    }


def operations_draft(row: ShareRequest) -> Any:
    with transaction.atomic():
        return drafted(lock_any(row.id), list(row.fields), settings.QIPAN_NODE, NOW)
