"""Make of a recorded click one that statistics can be asked of: an ordered list of named steps."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Generic, TypeVar
from uuid import UUID

from services.analytics.domain.agents import agent_of
from services.analytics.domain.campaigns import campaign_of
from services.analytics.domain.classes import DEFINITION, ClickClass, class_of
from services.analytics.domain.click import Agent, Campaign, Click, RecordedClick, Referral, Whereabouts
from services.analytics.domain.languages import language_of
from services.analytics.domain.referrals import referral_of, social_network_of
from services.analytics.domain.text import cut
from services.analytics.domain.visitors import IpStorage, kept_address, plain_address

T = TypeVar("T")

_LONGEST_USER_AGENT: Final = 512
_LONGEST_DESTINATION: Final = 8192
_LONGEST_NAME: Final = 500


@dataclass(frozen=True, slots=True)
class Step(Generic[T]):
    """One thing that is found out of a click, and what stands for it when that fails."""

    name: str
    find: Callable[[RecordedClick], T]
    otherwise: T


class Enricher:
    """Runs the steps. A step that fails costs its own fields, never the click."""

    def __init__(
        self,
        *,
        locate: Callable[[str], Whereabouts],
        visitor: Callable[[str, str, datetime], bytes],
        ip_storage: IpStorage,
        on_failure: Callable[[str], None],
    ) -> None:
        self._on_failure = on_failure
        self.agent = Step("user_agent", lambda click: agent_of(click.user_agent), Agent())
        self.click_class = Step(
            "click_class", lambda click: class_of(click.user_agent, click.purpose), ClickClass.PERSON
        )
        self.whereabouts = Step("whereabouts", lambda click: locate(click.ip), Whereabouts())
        self.referral = Step("referral", lambda click: referral_of(click.referrer), Referral())
        self.social_network = Step("social_network", lambda click: social_network_of(referral_of(click.referrer)), "")
        self.campaign = Step("campaign", lambda click: campaign_of(click.query, click.destination), Campaign())
        self.language = Step("language", lambda click: language_of(click.accept_language), "")
        self.visitor = Step("visitor", lambda click: visitor(click.ip, click.user_agent, click.time), b"")
        # The last, for the steps before need the whole address.
        self.ip = Step("ip", lambda click: kept_address(click.ip, ip_storage), "")

    def enrich(self, source: UUID, sequence: int, recorded: RecordedClick) -> Click:
        """Run every step on a recorded click."""
        run, click = self._run, _normalised(recorded)
        click_class = run(self.click_class, click)
        return Click(
            source=source,
            sequence=sequence,
            time=click.time,
            link_id=click.link_id,
            owner_id=click.owner_id,
            domain_id=click.domain_id,
            domain=click.domain,
            code=click.code,
            destination=click.destination,
            http_status=click.http_status,
            method=click.method,
            scheme=click.scheme,
            user_agent=click.user_agent,
            purpose=click.purpose,
            variant=click.variant,
            latency_us=click.latency_us,
            agent=run(self.agent, click),
            is_bot=click_class is not ClickClass.PERSON,
            click_class=click_class,
            definition=DEFINITION,
            whereabouts=run(self.whereabouts, click),
            referral=run(self.referral, click),
            social_network=run(self.social_network, click),
            campaign=run(self.campaign, click),
            language=run(self.language, click),
            visitor=run(self.visitor, click),
            ip=run(self.ip, click),
        )

    def _run(self, step: Step[T], click: RecordedClick) -> T:
        try:
            return step.find(click)
        except Exception:  # noqa: BLE001 - whatever it is, the click must be counted.
            self._on_failure(step.name)
            return step.otherwise


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
    )
