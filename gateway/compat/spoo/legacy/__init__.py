"""spoo.me's first API, which takes forms."""
