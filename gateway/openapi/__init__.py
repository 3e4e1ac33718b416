"""The API documentation, generated from the contracts."""
