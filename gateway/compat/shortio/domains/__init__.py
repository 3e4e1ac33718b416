"""Domains: list, get, add."""
