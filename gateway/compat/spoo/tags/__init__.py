"""Tags of an account in spoo.me's words."""
