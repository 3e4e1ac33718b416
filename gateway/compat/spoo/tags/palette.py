"""The colours and icons that spoo.me's tags may have."""

from typing import Final

GRAY: Final = "gray"
# Those that a tag may get when nobody chooses, in the order of preference.
AUTOMATIC_COLORS: Final = ("red", "orange", "amber", "green", "teal", "blue", "violet", "pink")
COLORS: Final = (GRAY, *AUTOMATIC_COLORS)
DEFAULT_ICON: Final = "tag"
# Names of lucide, as the official clients list them.
ICONS: Final = frozenset(
    {
        *("banknote", "bar-chart-3", "beaker", "bell", "bird", "book", "bookmark", "box", "briefcase", "bug"),
        *("building", "calendar", "camera", "car", "cat", "clock", "cloud", "code", "coffee", "compass"),
        *("credit-card", "crown", "dog", "file-text", "fish", "flag", "flame", "flask-conical", "folder"),
        *("gamepad-2", "gem", "ghost", "gift", "globe", "graduation-cap", "handshake", "hash", "heart"),
        *("home", "hourglass", "image", "key", "layers", "leaf", "lightbulb", "link", "lock", "mail"),
        *("map-pin", "megaphone", "message-square", "mic", "moon", "music", "newspaper", "package"),
        *("pen-line", "phone", "pie-chart", "pizza", "plane", "puzzle", "receipt", "rocket", "send"),
        *("settings", "share-2", "shield", "shopping-cart", "smile", "sparkles", "star", "store", "sun"),
        *("tag", "target", "terminal", "timer", "trending-up", "trophy", "umbrella", "user", "users"),
        *("video", "wallet", "wrench", "zap"),
    }
)


def least_used(colors: list[str]) -> str:
    """Return the colour that occurs least, gray apart; the first of several."""
    return min(AUTOMATIC_COLORS, key=colors.count)
