"""Links: create, find, list, change, copy, delete, and their QR codes."""
