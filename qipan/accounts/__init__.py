"""Accounts: how a person comes in, from which devices, and how sure the platform is of who they are."""
