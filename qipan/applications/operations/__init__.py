"""The only writers of drafts, applications and cases.

One use case is one function. Each runs in the transaction that the edge opened, appends its entries to the trail in it, takes
the time as an argument, and raises the errors of ``qipan.applications.errors``.
"""

from qipan.applications.errors import (
    NotInThisState,
    NotTheirs,
    UnableToAct,
    UnableToAnswer,
    UnableToGrant,
    UnableToStart,
    UnableToSubmit,
    UnableToUpload,
    Unreasoned,
)
from qipan.applications.operations.answering import (
    answer_correction,
    answer_missing,
    withdraw_application,
    withdraw_case,
)
from qipan.applications.operations.drafts import (
    consent,
    discard_draft,
    forget_discarded_drafts,
    offer_certificates,
    restore_draft,
    save_answers,
    start_draft,
)
from qipan.applications.operations.handling import (
    BatchResult,
    accept_case,
    accept_cases,
    decline_case,
    deliver_case,
    grant_case,
    grant_cases,
    refuse_case,
    retry_application,
    return_for_correction,
    review_case,
)
from qipan.applications.operations.running import settle_application
from qipan.applications.operations.submission import submit_application
from qipan.applications.operations.uploads import attach_upload, attach_upload_to_case, remove_upload

__all__ = [
    "BatchResult",
    "NotInThisState",
    "NotTheirs",
    "UnableToAct",
    "UnableToAnswer",
    "UnableToGrant",
    "UnableToStart",
    "UnableToSubmit",
    "UnableToUpload",
    "Unreasoned",
    "accept_case",
    "accept_cases",
    "answer_correction",
    "answer_missing",
    "attach_upload",
    "attach_upload_to_case",
    "consent",
    "decline_case",
    "deliver_case",
    "discard_draft",
    "forget_discarded_drafts",
    "grant_case",
    "grant_cases",
    "offer_certificates",
    "refuse_case",
    "remove_upload",
    "restore_draft",
    "retry_application",
    "return_for_correction",
    "review_case",
    "save_answers",
    "settle_application",
    "start_draft",
    "submit_application",
    "withdraw_application",
    "withdraw_case",
]
