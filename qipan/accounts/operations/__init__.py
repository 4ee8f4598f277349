"""The only writers of accounts, their devices, and the apps of agencies that they sign in to."""

from qipan.accounts.operations.apps import (
    agree,
    end_app,
    register_app,
    renew_secret,
    rotate_key,
    sign_in_to_app,
    take_turns,
    withdraw,
)
from qipan.accounts.operations.identities import (
    bring_up_to_date,
    confirm_in_person,
    real_name,
    record_check,
)
from qipan.accounts.operations.letters import confirm_email, drop_email
from qipan.accounts.operations.sessions import (
    drop_session,
    end_device,
    end_other_devices,
    forget_what_is_over,
    keep_session,
    record_act,
    see_device,
)

__all__ = [
    "agree",
    "bring_up_to_date",
    "confirm_email",
    "confirm_in_person",
    "drop_email",
    "drop_session",
    "end_app",
    "end_device",
    "end_other_devices",
    "forget_what_is_over",
    "keep_session",
    "real_name",
    "record_act",
    "record_check",
    "register_app",
    "renew_secret",
    "rotate_key",
    "see_device",
    "sign_in_to_app",
    "take_turns",
    "withdraw",
]
