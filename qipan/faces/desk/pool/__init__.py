"""What the pages of the pool show: the catalogue, requests, use, and notices, in words."""
