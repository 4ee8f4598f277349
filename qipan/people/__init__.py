"""People and organizations: who signs in, and what the platform holds of them."""
