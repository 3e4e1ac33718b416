"""HTTP/2 for the gateway, which sends many requests on few connections."""
