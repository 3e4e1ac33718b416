"""Free ports for tests."""

from deploy.local.ports import free_port

__all__ = ["free_port"]
