"""The gateway of a node: what other nodes ask of us comes in here, and what we ask of them goes out."""
