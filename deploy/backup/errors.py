"""What keeps a backup from being made or put back."""


class BackupError(Exception):
    """The text says why, for the person at the terminal."""
