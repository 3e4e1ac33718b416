"""Links in Short.io's words."""
