"""`python -m linkmeter.cli`, and what is installed as `linkmeter`."""

import sys
from importlib.util import find_spec


def main() -> None:
    """Run the program, or say what it needs that is not installed."""
    missing = [name for name in ("typer", "rich", "keyring", "platformdirs", "segno") if find_spec(name) is None]
    if missing:
        sys.stderr.write(f"linkmeter: {', '.join(missing)} is not installed here: pip install 'linkmeter[cli]'\n")
        raise SystemExit(1)
    # Not before: it would end with a traceback.
    from linkmeter.cli import program  # noqa: PLC0415

    program.main()


if __name__ == "__main__":
    main()
