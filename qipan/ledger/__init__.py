"""The trail: append-only entries, and the checkpoints that seal them."""
