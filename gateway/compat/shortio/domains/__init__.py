"""Domains in Short.io's words."""
