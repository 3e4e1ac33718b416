"""What all dialects use."""
