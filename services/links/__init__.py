"""Owns links, domains, owners and credentials."""
