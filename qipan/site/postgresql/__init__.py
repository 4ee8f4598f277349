"""Django's PostgreSQL, whose every statement says who reads."""
