"""Read files and write them again: older_duckdb.py FOLDER FILE... Run with the older DuckDB's folder on PYTHONPATH.

Each FILE is written to FOLDER as <number>.parquet, as segments are written. Prints the version of DuckDB.
"""

import sys
from pathlib import Path

import duckdb

from services.analytics.segments.layout import Kind, select_again
from services.analytics.segments.writing import options_of, parquet, quoted


def main(folder: str, *files: str) -> None:
    """Copy each file by statements that segments are written by."""
    with duckdb.connect(":memory:") as duck:
        for number, file in enumerate(map(Path, files)):
            target = quoted(str(Path(folder) / f"{number}.parquet"))
            duck.execute(
                f"COPY ({select_again(Kind(file.stem), parquet([file]))}) TO {target} {options_of(Kind(file.stem))}"
            )
    sys.stdout.write(duckdb.__version__)


if __name__ == "__main__":
    main(*sys.argv[1:])
