"""Links in Bitly's words: shorten, expand, info, save, edit, history."""
