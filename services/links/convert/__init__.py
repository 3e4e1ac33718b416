"""Between the messages of the contracts and the domain, a module for each group of messages."""
