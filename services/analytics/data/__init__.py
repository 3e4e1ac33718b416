"""Tables that come with the service, and the scripts that made them."""
