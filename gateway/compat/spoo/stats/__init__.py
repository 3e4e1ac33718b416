"""Statistics and exports in spoo.me's words."""
