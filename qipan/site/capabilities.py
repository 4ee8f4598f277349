"""The capability packages, in alphabetical order: each may have models, tasks and operations."""

CAPABILITIES = (
    "accounts",
    "agencies",
    "applications",
    "catalogue",
    "exchange",
    "ledger",
    "limits",
    "people",
    "sharing",
    "voice",
    "watch",
)
