"""Reads of drafts, applications and cases: frozen rows, one statement each, never more than the reader may see."""

from qipan.applications.queries.officials import (
    CAP,
    case_for_official,
    inbox,
    inbox_counts,
    upload_for_official,
)
from qipan.applications.queries.persons import (
    application_detail,
    applications_of,
    data_uses,
    discarded_draft,
    draft,
    drafts_of,
    event_view,
    form,
    submission_status,
    submitted_as,
    untouched_draft,
    upload_content,
)
from qipan.applications.queries.sent_forms import form_of, sent_form

__all__ = [
    "CAP",
    "application_detail",
    "applications_of",
    "case_for_official",
    "data_uses",
    "discarded_draft",
    "draft",
    "drafts_of",
    "event_view",
    "form",
    "form_of",
    "inbox",
    "inbox_counts",
    "sent_form",
    "submission_status",
    "submitted_as",
    "untouched_draft",
    "upload_content",
    "upload_for_official",
]
