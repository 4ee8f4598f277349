"""The capability packages, in alphabetical order: each may have models, tasks and operations."""

CAPABILITIES = (
    "accounts",
    "agencies",
    "applications",
    "catalogue",
    "certificates",
    "exchange",
    "ledger",
    "limits",
    "mandates",
    "people",
    "posts",
    "sharing",
    "voice",
    "watch",
)
