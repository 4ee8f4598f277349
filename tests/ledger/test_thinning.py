"""Old heads are thinned to one an hour, those that witnesses signed stay, nothing else can go, and everything still verifies."""

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from qipan.faces.trail import qipan_verify
from qipan.ledger import operations as ledger
from qipan.ledger.models import Checkpoint, Cosignature, Entry
from qipan.ledger.receipts import receipt
from tests.ledger import trail


@pytest.mark.django_db(transaction=True)
def test_old_heads_are_thinned_and_everything_still_verifies() -> None:
    hour = (timezone.now() - timedelta(days=40)).replace(minute=0, second=0, microsecond=0)
    for place in range(6):
        at = hour + timedelta(minutes=10 * place)
        trail.append(place, at=at)
        trail.seal(at)
    young = timezone.now() - timedelta(minutes=30)
    for place in range(6, 9):
        trail.append(place, at=young)
        trail.seal(young)
    with transaction.atomic():
        Cosignature.objects.create(size=2, function="sm3", witness="w", line="", at=hour)
        assert ledger.thin_heads() == 4
        assert ledger.thin_heads() == 0
    assert list(Checkpoint.objects.order_by("size").values_list("size", flat=True)) == [2, 6, 7, 8, 9]
    assert trail.wrong_in(trail.copied()) == []
    first = json.loads(json.dumps(receipt(int(Entry.objects.order_by("id")[0].id))))
    assert qipan_verify.check_receipt(first, trail.trusted()) == []
    for size in (2, 6, 7, 9):
        with pytest.raises(IntegrityError), transaction.atomic():
            Checkpoint.objects.filter(size=size).delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        Checkpoint.objects.update(sm3="")
