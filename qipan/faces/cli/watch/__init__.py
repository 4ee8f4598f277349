"""`qipan watch` and `qipan reconcile`."""
