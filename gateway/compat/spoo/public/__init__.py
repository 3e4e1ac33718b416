"""What spoo.me's API tells everybody."""
