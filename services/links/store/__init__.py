"""PostgreSQL behind methods that speak the domain's words."""
