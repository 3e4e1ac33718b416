"""What python -m services.links can be told to do, a module for each command."""
