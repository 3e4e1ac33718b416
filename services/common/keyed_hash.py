"""Secrets for single purposes, all from the installation's one secret."""

import hashlib
import hmac


def derive(secret: str, purpose: str) -> bytes:
    """Derive the 32-byte key of a purpose; keys of different purposes say nothing of each other."""
    return hmac.digest(secret.encode(), f"linkmeter/{purpose}".encode(), hashlib.sha256)


def sign(key: bytes, *parts: str | int) -> bytes:
    """Hash parts under a key, so that no two different lists of parts hash the same text."""
    text = "".join(f"{len(str(part))}:{part}" for part in parts)
    return hmac.digest(key, text.encode(), hashlib.sha256)
