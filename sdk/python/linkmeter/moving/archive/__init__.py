"""An account's links and raw clicks as one file, which an import takes back: docs/moving.md has the format."""
