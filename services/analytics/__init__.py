"""Analytics: takes clicks in, and answers statistics."""
