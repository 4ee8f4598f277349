"""Electronic certificates: issued, sealed, revoked, verified; and the keys and seals by which that is done."""
