"""The RPCs of links: convert, call, convert."""
