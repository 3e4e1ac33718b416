"""What keeps the system from starting."""


class CannotStartError(Exception):
    """The system cannot be started; the text says why, for the person at the terminal."""
