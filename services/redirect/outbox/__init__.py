"""Clicks between the answer and analytics: durable files, who holds them, group commit, shipping."""
