"""Rules of accounts and groups."""

from dataclasses import replace

import pytest

from services.common.errors import InvalidArgument
from services.links.domain import owners
from services.links.domain.owners import OwnerDraft

GOOD = OwnerDraft(login="ada", display_name="Ada")


@pytest.mark.parametrize("login", ["ab", "a.b_c-9", "9", "x" * 64, "", "A", "ä1", "a b", "a/b", "a\n", "x" * 65])
def test_login_is_lower_case_ascii(login: str) -> None:
    """2 to 64 characters of a-z 0-9 . _ - and nothing that looks like them."""
    good = {"ab", "a.b_c-9", "x" * 64}
    if login in good:
        owners.check_owner(replace(GOOD, login=login))
    else:
        with pytest.raises(InvalidArgument):
            owners.check_owner(replace(GOOD, login=login))


@pytest.mark.parametrize("email", ["a@b", "a@b@c", "@b", "a@", "a b@c", "a@b\n", "ä@bücher.example", "x" * 254 + "@b"])
def test_email_has_two_sides(email: str) -> None:
    """One @ with something on both sides; no white space, no control characters."""
    if email in ("a@b", "ä@bücher.example"):
        owners.check_owner(replace(GOOD, email=email))
    else:
        with pytest.raises(InvalidArgument, match=r"owner\.email"):
            owners.check_owner(replace(GOOD, email=email))


def test_names_are_any_text() -> None:
    """Of 128 characters at most; a group needs one."""
    text = "Ада 👍"
    owners.check_owner(replace(GOOD, display_name=text))
    owners.check_workspace(text)
    for wrong in ("x" * 129, "a\x00"):
        with pytest.raises(InvalidArgument):
            owners.check_owner(replace(GOOD, display_name=wrong))
        with pytest.raises(InvalidArgument):
            owners.check_workspace(wrong)
    with pytest.raises(InvalidArgument):
        owners.check_workspace("")


@pytest.mark.parametrize(("length", "is_good"), [(0, False), (7, False), (8, True), (256, True), (257, False)])
def test_password_has_a_length(length: int, is_good: bool) -> None:
    """8 to 256 characters of any kind; the refusal does not repeat it."""
    password = "\u00e4" * length
    if is_good:
        owners.check_password(password)
    else:
        with pytest.raises(InvalidArgument) as caught:
            owners.check_password(password)
        assert "\u00e4" not in caught.value.description
