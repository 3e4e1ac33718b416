"""OAuth 2 as Bitly has it: the authorization page and access tokens."""
