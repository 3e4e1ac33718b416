"""The RPCs of analytics: convert, call, convert."""
