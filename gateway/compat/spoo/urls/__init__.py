"""Links in spoo.me's words."""
