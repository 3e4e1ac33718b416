"""Watching clicks as they are stored."""
