"""What an auditor reads: findings in words, drawn by day and hour, with the readings behind them."""
