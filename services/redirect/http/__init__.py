"""HTTP/1.1 for visitors, on the event loop."""
