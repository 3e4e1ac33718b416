"""What Typer has for completion beside its own options, which Linkmeter has as commands."""

# Typer documents the options only; these are what they do.
from typer.completion import completion_init, get_completion_script, install  # type: ignore[attr-defined]

__all__ = ["completion_init", "get_completion_script", "install"]
