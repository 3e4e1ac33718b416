"""HTTP/1.1 for visitors and HTTP/2 for the gateway, on the event loop."""
