"""Keys and accounts in spoo.me's words."""
