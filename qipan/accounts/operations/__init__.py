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
from qipan.accounts.operations.identities import confirm_in_person, real_name, record_check
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
    "confirm_in_person",
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
