"""Links in Bitly's terms: shorten, expand, info, lookups, encoders, save, edit, history."""
