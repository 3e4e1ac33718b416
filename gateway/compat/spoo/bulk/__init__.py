"""Many links at once in spoo.me's words."""
