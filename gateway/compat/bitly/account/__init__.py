"""Accounts in Bitly's terms: user info, validation of keys, domains of one's own."""
