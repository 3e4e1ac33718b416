"""Write openapi.json and docs.html: python -m gateway.openapi OUT_DIR."""

import sys
from pathlib import Path

from gateway.openapi.files import write_files


def main() -> None:
    """Write the files into the folder that the command line names."""
    if len(sys.argv) != 2:  # noqa: PLR2004 - The program and its one argument.
        sys.exit("usage: python -m gateway.openapi OUT_DIR")
    write_files(Path(sys.argv[1]))


if __name__ == "__main__":
    main()
