"""Certificates on paper: PDF and OFD, sealed so that any change is found, with a code to scan."""
