"""Statistics and the clickstream."""
