"""From a host and a code to what is known of the link: memory, Redis, links."""
