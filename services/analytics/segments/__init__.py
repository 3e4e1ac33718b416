"""Settled clicks: immutable Parquet files, registered in PostgreSQL in the transaction that takes them from landing."""
