"""The kinds of devices that dialects know, which are fewer than ours."""

from typing import Final

# Ours that no dialect documents; each shows them as its own name of "something else".
UNDOCUMENTED: Final = frozenset({"tv", "console", "wearable"})
