"""What is done with certificates, their issuers, keys and seals."""

from qipan.certificates.operations.copying import copy_showing
from qipan.certificates.operations.ending import tell_of_end
from qipan.certificates.operations.issuers import establish_authority, establish_issuer, rotate_keys
from qipan.certificates.operations.issuing import issue_certificates, make_pdf
from qipan.certificates.operations.lists import accept_issuers, publish_issuers
from qipan.certificates.operations.offering import offer_to_draft
from qipan.certificates.operations.seals import (
    approve_seal,
    ask_for_seal,
    destroy_seal,
    resume_seal,
    suspend_seal,
)
from qipan.certificates.operations.showing import (
    look_at_showing,
    show_by_code,
    show_by_link,
    withdraw_showing,
)
from qipan.certificates.operations.standing import replace_certificate, revoke_certificate

__all__ = [
    "accept_issuers",
    "approve_seal",
    "ask_for_seal",
    "copy_showing",
    "destroy_seal",
    "establish_authority",
    "establish_issuer",
    "issue_certificates",
    "look_at_showing",
    "make_pdf",
    "offer_to_draft",
    "publish_issuers",
    "replace_certificate",
    "resume_seal",
    "revoke_certificate",
    "rotate_keys",
    "show_by_code",
    "show_by_link",
    "suspend_seal",
    "tell_of_end",
    "withdraw_showing",
]
