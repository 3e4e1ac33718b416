"""What follows a link."""

import pytest

from linkmeter.analytics.v1 import clicks_pb2
from services.analytics.domain.classes import ClickClass, class_of
from tests.support.clicks import BROWSER


@pytest.mark.parametrize(
    ("user_agent", "purpose", "expected"),
    [
        (BROWSER, "", ClickClass.PERSON),
        (BROWSER, "prefetch", ClickClass.PREFETCH),
        ("curl/8.1.2", "", ClickClass.BOT),
        ("", "", ClickClass.BOT),
        ("Twitterbot/1.0", "", ClickClass.PREVIEW),
        ("kube-probe/1.27", "", ClickClass.MONITOR),
        ("Barracuda Sentinel (EE)", "", ClickClass.MAIL_SCANNER),
    ],
)
def test_agent_and_purpose_tell_the_class(user_agent: str, purpose: str, expected: ClickClass) -> None:
    assert class_of(user_agent, purpose) is expected


def test_a_program_that_names_itself_is_that_whatever_it_says_of_its_purpose() -> None:
    assert class_of("Twitterbot/1.0", "prefetch") is ClickClass.PREVIEW


def test_classes_are_numbered_and_named_as_in_the_contract() -> None:
    """The numbers are stored, the names are values of the dimension."""
    contract = {number: name.removeprefix("CLICK_CLASS_") for name, number in clicks_pb2.ClickClass.items()}
    assert {member.value: member.label.upper() or "UNSPECIFIED" for member in ClickClass} == contract
