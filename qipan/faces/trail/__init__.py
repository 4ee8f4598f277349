"""The trail's open side: its tree as static tiles, its heads, and the program that checks them; hashes only."""
