"""Accounts in Bitly's terms: users, the check of keys, domains of one's own."""
