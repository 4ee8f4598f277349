"""Receipts of acts as files to take away; whoever calls this has seen that the reader may have it."""

import json

from django.http import Http404, HttpResponse

from qipan.ledger import receipts
from qipan.ledger.receipts import NotSealed

JSON = "application/json; charset=utf-8"


def receipt_of(entry: int) -> HttpResponse:
    """The receipt of an entry, for saving; 404 where it is not sealed yet (less than a second)."""
    try:
        written = receipts.receipt(entry)
    except NotSealed:
        raise Http404 from None
    answer = HttpResponse(json.dumps(written, ensure_ascii=False, indent=1), content_type=JSON)
    answer.headers["Content-Disposition"] = f'attachment; filename="qipan-receipt-{entry}.json"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
