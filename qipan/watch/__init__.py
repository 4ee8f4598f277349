"""Watching over the use of data: both records of a call meet, and what is unusual is found, explained and judged by an auditor."""
