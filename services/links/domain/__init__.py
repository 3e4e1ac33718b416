"""The rules of links: pure, without I/O."""
