"""Keys of Redis, and channels, that several programs agree on."""

from typing import Final

# On which links says that a link has changed: its name, host/code.
LINKS_CHANNEL: Final = "lm:invalidate"
# On which analytics says that clicks were stored: nothing but that.
CLICKS_CHANNEL: Final = "lm:clicks"
_RESOLUTION: Final = "lm:resolution:"
_REVISION: Final = "lm:revision:"
# Match all that Redis holds of links.
LINK_PATTERNS: Final = (f"{_RESOLUTION}*", f"{_REVISION}*")


def resolution_key(link_name: str) -> str:
    """Return the key under which links puts what a link (host/code) resolves to, and redirect looks for it."""
    return _RESOLUTION + link_name


def revision_key(link_name: str) -> str:
    """Return the key of the revision that was put there last, which is in the cluster slot of the resolution's key."""
    # A cluster hashes only what stands in braces.
    return f"{_REVISION}{{{resolution_key(link_name)}}}"
