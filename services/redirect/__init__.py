"""Follows links: the HTTP data plane that visitors meet, and the outbox that their clicks go through."""
