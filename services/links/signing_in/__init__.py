"""Signing people in: by password, by key, by an address that works once, and through a provider; and their sessions."""
