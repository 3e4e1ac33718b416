"""How a service runs: its server and clients, stores, settings, logs, metrics and background work."""
