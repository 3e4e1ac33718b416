"""OAuth 2 in Bitly's words."""
