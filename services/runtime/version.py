"""Which version of Linkmeter this is."""

from importlib.metadata import PackageNotFoundError, version


def of_installation() -> str:
    """Return the version of the package."""
    try:
        return version("linkmeter")
    except PackageNotFoundError:
        # Run from a clone that was never installed as a package.
        return "0.1.0"
