"""What all origins that are HTTP APIs have in common."""

import pytest

from linkmeter.moving.origin import OriginError
from linkmeter.moving.registry import OptionKind, OriginKind, find_origin

_KINDS = [found for name in ("shlink", "shortio", "dub", "kutt", "bitly", "spoo") if (found := find_origin(name))]


def required(kind: OriginKind, key: str) -> dict[str, str]:
    """Return the options that must be given."""
    values = {option.name: "https://links.example" for option in kind.options if option.is_required}
    return {**values, "key": key}


def test_all_are_known_by_name() -> None:
    assert len(_KINDS) == 6


@pytest.mark.parametrize("kind", _KINDS, ids=lambda kind: kind.name)
def test_it_opens_with_the_options_that_must_be_given(kind: OriginKind) -> None:
    """Without a call: help and dry runs of others must not wait for anybody. The key is never an argument."""
    origin = kind.open(required(kind, "a-key"))
    assert origin.name == kind.name
    (key,) = (option for option in kind.options if option.name == "key")
    assert (key.kind, key.is_argument) == (OptionKind.SECRET, False)
    assert key.environment


@pytest.mark.parametrize("kind", _KINDS, ids=lambda kind: kind.name)
@pytest.mark.parametrize("key", ["", " \n", "with\nbreak"])
def test_it_does_not_open_with_what_is_no_key(kind: OriginKind, key: str) -> None:
    with pytest.raises(OriginError, match="copy it again"):
        kind.open(required(kind, key))


@pytest.mark.parametrize("kind", _KINDS, ids=lambda kind: kind.name)
def test_it_shows_its_key_nowhere(kind: OriginKind) -> None:
    """Nor would a log of it."""
    origin = kind.open(required(kind, "key-that-nobody-sees"))
    assert "nobody" not in f"{origin!r} {origin}"
