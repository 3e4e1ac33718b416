"""Moving in from another service with its clicks, and moving out again."""
