"""What touches the outside: sources of agency data, and the embedded PostgreSQL."""
