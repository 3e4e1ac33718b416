"""What puts Linkmeter into operation."""
