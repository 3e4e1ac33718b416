"""Statistics and the clickstream in Short.io's words."""
