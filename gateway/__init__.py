"""Everything between clients and the services."""
