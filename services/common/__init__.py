"""What services agree on: pure, and no service owns it."""
