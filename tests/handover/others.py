"""What `make handover-test` installs, run as programs of their own."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
INSTALLED: Final = ROOT / ".state" / "handover"
# Spark starts several machines of Java one after another.
_SECONDS: Final = 500


def run_with(package: str, program: str, *arguments: object, **variables: str) -> str:
    """Run a program of this folder with one of the installed packages, and return what it prints."""
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(INSTALLED / package), str(ROOT)]),
        **variables,
    }
    ended = subprocess.run(
        [sys.executable, str(Path(__file__).with_name(program)), *map(str, arguments)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-4000:]
    return ended.stdout


def spark_counts(manifest: Path, folder: Path) -> Path:
    """Count with Spark; its home, its logs and its files are in the folder. Return where the result is."""
    home = folder / "spark"
    home.mkdir()
    # Workers write below their home, which is not to be the package's folder.
    for part in (INSTALLED / "spark" / "pyspark").iterdir():
        (home / part.name).symlink_to(part)
    result = folder / "result.json"
    run_with(
        "spark",
        "spark_counts.py",
        manifest,
        result,
        SPARK_HOME=str(home),
        SPARK_LOCAL_IP="127.0.0.1",
        SPARK_LOCAL_DIRS=str(folder),
        PYSPARK_PYTHON=sys.executable,
    )
    return result


def spark_type(type_: str) -> str:
    """Return Spark's word for a type of the manifest."""
    return {
        "BIGINT": "bigint",
        "INTEGER": "int",
        "SMALLINT": "smallint",
        "BOOLEAN": "boolean",
        "VARCHAR": "string",
        "DATE": "date",
        "TIMESTAMP WITH TIME ZONE": "timestamp",
    }[type_]
