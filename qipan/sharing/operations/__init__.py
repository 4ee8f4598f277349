"""What officials do with shared data: ask, decide, sign, end; correct, recall, acknowledge; measuring the use.

Also taking what officials of another node did.
"""

from qipan.sharing.operations.asking import resubmit_request, submit_request, withdraw_request
from qipan.sharing.operations.deciding import approve_request, refuse_request, return_request
from qipan.sharing.operations.disputing import (
    dispute_request,
    order_sharing,
    overturn_refusal,
    uphold_refusal,
)
from qipan.sharing.operations.granting import give_up_grant, revoke_shared_grant, sign_grant
from qipan.sharing.operations.metering import measure_use
from qipan.sharing.operations.noticed import take_answer, take_notice
from qipan.sharing.operations.noticing import acknowledge_notice, issue_notice
from qipan.sharing.operations.receiving import take_act

__all__ = [
    "acknowledge_notice",
    "approve_request",
    "dispute_request",
    "give_up_grant",
    "issue_notice",
    "measure_use",
    "order_sharing",
    "overturn_refusal",
    "refuse_request",
    "resubmit_request",
    "return_request",
    "revoke_shared_grant",
    "sign_grant",
    "submit_request",
    "take_act",
    "take_answer",
    "take_notice",
    "uphold_refusal",
    "withdraw_request",
]
