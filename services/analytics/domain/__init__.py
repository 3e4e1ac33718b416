"""What clicks, queries and ledgers are; no I/O."""
