"""Enrich recorded clicks: an ordered list of named steps, each of which finds out one field."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime
from operator import attrgetter
from typing import Any, Final
from uuid import UUID

from services.analytics.domain.agents import agent_of
from services.analytics.domain.campaigns import campaign_of
from services.analytics.domain.classes import DEFINITION, ClickClass, class_of
from services.analytics.domain.click import (
    OWN_NAMES,
    Agent,
    Campaign,
    Click,
    RecordedClick,
    Referral,
    Whereabouts,
)
from services.analytics.domain.countries import COUNTRY_NAMES, continent_of
from services.analytics.domain.languages import language_of
from services.analytics.domain.referrals import referral_of, social_network_of
from services.analytics.domain.visitors import IpStorage, kept_address
from services.common.ip_addresses import plain_address
from services.common.text import cut

_LONGEST_USER_AGENT: Final = 512
_LONGEST_DESTINATION: Final = 8192
_LONGEST_NAME: Final = 500


@dataclass(frozen=True, slots=True)
class Step:
    """One field of Click, and how it is found out."""

    # The field's name; also the step's in metrics.
    field: str
    find: Callable[[RecordedClick], Any]
    # The value of the field when the step fails.
    otherwise: Any


class Enricher:
    """Runs the steps. A step that fails costs its own field, never the click."""

    def __init__(
        self,
        *,
        locate: Callable[[str], Whereabouts],
        visitor: Callable[[str, str, datetime], bytes],
        ip_storage: IpStorage,
        on_failure: Callable[[str], None],
    ) -> None:
        self._on_failure = on_failure
        self.steps: Final = (
            Step("agent", lambda click: agent_of(click.user_agent), Agent()),
            Step("click_class", lambda click: class_of(click.user_agent, click.purpose), ClickClass.PERSON),
            Step("whereabouts", lambda click: _place(locate(click.ip), click.country_hint), Whereabouts()),
            Step("referral", lambda click: referral_of(click.referrer), Referral()),
            Step("social_network", lambda click: social_network_of(referral_of(click.referrer)), ""),
            Step("campaign", lambda click: campaign_of(click.query, click.destination), Campaign()),
            Step("language", lambda click: language_of(click.accept_language), ""),
            Step("visitor", lambda click: visitor(click.ip, click.user_agent, click.time), b""),
            # The address itself as far as it may be kept; the steps before need the whole one.
            Step("ip", lambda click: kept_address(click.ip, ip_storage), ""),
        )

    def enrich(self, source: UUID, sequence: int, recorded: RecordedClick) -> Click:
        """Return the click of a recorded one; the steps run in their order and never raise."""
        click = _normalised(recorded)
        found = {step.field: self._run(step, click) for step in self.steps}
        kept = dict(zip(_KEPT, _kept_values(click), strict=True))
        is_bot = found["click_class"] is not ClickClass.PERSON
        return Click(source=source, sequence=sequence, definition=DEFINITION, is_bot=is_bot, **(kept | found))

    def _run(self, step: Step, click: RecordedClick) -> Any:
        try:
            return step.find(click)
        except Exception:  # noqa: BLE001 - whatever it is, the click must be counted.
            self._on_failure(step.field)
            return step.otherwise


# The fields that a click has as they were recorded; some are replaced by what a step found.
_KEPT: Final = tuple(field.name for field in fields(RecordedClick) if field.name in OWN_NAMES)
_kept_values: Final = attrgetter(*_KEPT)


def _normalised(click: RecordedClick) -> RecordedClick:
    """Cut what redirect should have cut, and write the address in its canonical way."""
    return RecordedClick(
        time=click.time,
        link_id=click.link_id,
        owner_id=click.owner_id,
        domain_id=click.domain_id,
        domain=cut(click.domain, _LONGEST_NAME),
        code=cut(click.code, _LONGEST_NAME),
        destination=cut(click.destination, _LONGEST_DESTINATION),
        http_status=click.http_status,
        method=cut(click.method, _LONGEST_NAME),
        scheme=cut(click.scheme, _LONGEST_NAME),
        ip=plain_address(click.ip),
        user_agent=cut(click.user_agent, _LONGEST_USER_AGENT),
        referrer=click.referrer,
        accept_language=click.accept_language,
        query=click.query,
        purpose=cut(click.purpose, _LONGEST_NAME),
        variant=cut(click.variant, _LONGEST_NAME),
        latency_us=min(click.latency_us, 2**31 - 1),
        country_hint=click.country_hint,
    )


def _place(found: Whereabouts, country_hint: str) -> Whereabouts:
    """Return where an address is, and where that is not known the country that another product had, if it is one."""
    country = country_hint.upper()
    if found.country or country not in COUNTRY_NAMES:
        return found
    return Whereabouts(country=country, continent=continent_of(country))
