"""Imports: links and clicks that come from another product, with their turns and their way back."""
