"""The desk's pages: each view makes one call down and gives its template plain values."""
