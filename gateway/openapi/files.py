"""Write the documentation to files."""

from pathlib import Path


def write_files(folder: Path) -> None:
    """Write openapi.json and docs.html."""
    (folder / "openapi.json").write_text("{}")
    (folder / "docs.html").write_text("<html>")
