"""Clicks in Bitly's terms: metrics of a link and of an account, and the older counts."""
