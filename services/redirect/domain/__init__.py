"""The rules of following a link, without any I/O."""
