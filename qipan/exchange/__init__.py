"""Exchange between nodes: who takes part, what was granted and revoked, and a record of every call."""
