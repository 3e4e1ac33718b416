"""What the API consists of: a class for each kind of thing, the same for both clients."""
