"""What every dialect's room uses."""
