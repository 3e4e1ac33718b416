"""A real Envoy in front of small servers."""

from tests.support.edge_fixtures import channel, client, edge, running, services

__all__ = ["channel", "client", "edge", "running", "services"]
