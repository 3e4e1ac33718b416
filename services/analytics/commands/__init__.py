"""What python -m services.analytics can be told to do, a module for each command."""
