"""The trail from the terminal: receipts, copies, checking them, erasing details, and being a witness."""
