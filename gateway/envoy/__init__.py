"""The configuration of Envoy, the one public door."""
