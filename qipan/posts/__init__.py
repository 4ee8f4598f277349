"""Posts in agencies: who holds them, who gave them, and who stands in while somebody is away."""
