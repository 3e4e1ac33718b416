"""S25 where a provider says who signs in: nothing but its own, fresh word to this very browser counts."""

import base64
import hashlib
import hmac
import json
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from copy import deepcopy
from datetime import timedelta

import pytest
from joserfc.jwk import OctKey, RSAKey

from services.common import errors
from services.links.domain.oidc import ATTEMPT_LIFETIME, UnknownIdentity
from services.links.signing_in.oidc_provider import METADATA_TIME
from services.runtime.log import _JsonFormatter
from tests.support import sessions
from tests.support.clock import FakeClock
from tests.support.links_service import Links, running_links
from tests.support.oidc_issuer import CLIENT_ID, CLIENT_SECRET, Issuer, public, running_issuer
from tests.support.sessions import me
from tests.support.single_sign_on import begin, come_back, settings_of, sign_in

A_SECOND = timedelta(seconds=1)


@pytest.fixture
def issuer(clock: FakeClock) -> Iterator[Issuer]:
    """Run a provider whose clock is the test's."""
    with running_issuer() as running:
        running.now = clock.now().timestamp()
        yield running


@pytest.fixture
async def links(links_database: str, valkey_url: str, clock: FakeClock, issuer: Issuer) -> AsyncIterator[Links]:
    """Run links with that provider."""
    oidc = settings_of(issuer, UnknownIdentity.CREATE)
    async with running_links(links_database, valkey_url, clock=clock, oidc=oidc) as running:
        yield running


def claim(name: str, value: object) -> Callable[[Issuer], object]:
    """Return what makes the provider say something else of a token."""
    return lambda issuer: issuer.claims.update({name: value})


def later(name: str, seconds: int) -> Callable[[Issuer], object]:
    """Return what makes the provider give a token another time."""
    return lambda issuer: issuer.claims.update({name: int(issuer.now) + seconds})


def unknown_key(issuer: Issuer) -> None:
    """Sign with a key that the provider does not publish."""
    issuer.key = RSAKey.generate_key(2048, {"kid": "other"})
    issuer.hides_key = True


def key_under_a_known_name(issuer: Issuer) -> None:
    """Sign with another key than the one that the name means."""
    issuer.more_keys = [public(issuer.key)]
    issuer.key = RSAKey.generate_key(2048, {"kid": "first"})
    issuer.hides_key = True


def shared_secret(issuer: Issuer) -> None:
    """Publish a shared secret, which anybody could sign with."""
    secret = OctKey.import_key("everybody knows this secret, all of it", {"kid": "first"})
    issuer.more_keys = [secret.as_dict(private=True)]
    issuer.hides_key = True
    issuer.key, issuer.algorithm = secret, "HS256"  # type: ignore[assignment]


def public_key_as_secret(issuer: Issuer) -> None:
    """Sign with the bytes of the public key as if they were a shared secret."""
    secret = issuer.key.as_pem(private=False)

    def signed(_header: dict[str, object], claims: dict[str, object]) -> str:
        content = ".".join(map(encoded, ({"alg": "HS256", "kid": "first"}, claims)))
        digest = hmac.digest(secret, content.encode(), hashlib.sha256)
        return f"{content}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"

    issuer.sign = signed


def no_signature(issuer: Issuer) -> None:
    """Sign nothing at all."""

    def unsigned(_header: dict[str, object], claims: dict[str, object]) -> str:
        return ".".join([*map(encoded, ({"alg": "none"}, claims)), ""])

    issuer.sign = unsigned


def encoded(part: object) -> str:
    """Write a part of a token."""
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


WRONG: tuple[Callable[[Issuer], object], ...] = (
    claim("nonce", "of another attempt"),
    claim("nonce", None),
    claim("aud", "another client"),
    claim("aud", [f"{CLIENT_ID}2", "x"]),
    claim("aud", None),
    claim("azp", "another client"),
    claim("iss", "https://evil.example"),
    claim("iss", None),
    claim("sub", ""),
    claim("sub", None),
    claim("sub", 7),
    claim("sub", "x" * 256),
    later("exp", -61),
    claim("exp", None),
    later("iat", 120),
    unknown_key,
    key_under_a_known_name,
    shared_secret,
    public_key_as_secret,
    no_signature,
)


async def test_wrong_token_signs_nobody_in(links: Links, issuer: Issuer, clock: FakeClock) -> None:
    """Whatever is wrong with it, the answer is that of every wrong credential, and no account is made."""
    good, key = deepcopy(vars_of(issuer)), issuer.key
    for number, go_wrong in enumerate(WRONG):
        # Keys are asked for anew.
        clock.advance(METADATA_TIME + A_SECOND)
        issuer.now = clock.now().timestamp()
        go_wrong(issuer)
        with pytest.raises(errors.Unauthenticated) as caught:
            await sign_in(links, issuer)
        assert caught.value.description == "the credential is wrong, used or expired", number
        issuer.key = key
        for name, value in good.items():
            setattr(issuer, name, deepcopy(value))
    assert await sessions.rows(links, "SELECT 1 FROM links.owners WHERE owner_id > 2") == []
    clock.advance(METADATA_TIME + A_SECOND)
    issuer.now = clock.now().timestamp()
    assert await sign_in(links, issuer)


def vars_of(issuer: Issuer) -> dict[str, object]:
    """Return what a test may have changed."""
    names = ("claims", "more_keys", "hides_key", "algorithm", "sign")
    return {name: getattr(issuer, name) for name in names}


async def test_answer_belongs_to_the_browser_that_asked(links: Links, issuer: Issuer) -> None:
    """With another browser's cookie or state, or without a cookie, it is worth nothing."""
    url, victim, _ = await begin(links)
    other_url, attacker, _ = await begin(links)
    answer, others = issuer.approve(url), issuer.approve(other_url)
    for browser, given in (
        (attacker, answer),
        (victim, others),
        (sessions.Browser(), answer),
        (victim, answer | {"state": ""}),
        (victim, answer | {"code": ""}),
        (victim, answer | {"code": "x" * 5000}),
    ):
        with pytest.raises(errors.Unauthenticated):
            await come_back(links, browser, **given)
    # Nothing of that used the attempt up.
    assert await come_back(links, victim, **answer)
    # Its code under the victim's state: the verifier is another one.
    url, victim, _ = await begin(links)
    with pytest.raises(errors.Unauthenticated):
        await come_back(links, victim, code=others["code"], state=issuer.approve(url)["state"])


async def test_attempt_is_good_once_and_for_ten_minutes(links: Links, issuer: Issuer, clock: FakeClock) -> None:
    """An address with code and state in somebody's history signs nobody in."""
    url, browser, _ = await begin(links)
    answer = issuer.approve(url)
    assert await come_back(links, browser, **answer)
    with pytest.raises(errors.Unauthenticated):
        await come_back(links, browser, **answer)
    url, browser, _ = await begin(links)
    answer = issuer.approve(url)
    clock.advance(ATTEMPT_LIFETIME)
    with pytest.raises(errors.Unauthenticated):
        await come_back(links, browser, **answer)


async def test_cookie_of_an_attempt_ends_with_it_and_opens_nothing(links: Links, issuer: Issuer) -> None:
    """It is no session."""
    url, browser, _ = await begin(links)
    secret = browser.cookie.partition("=")[2]
    with pytest.raises(errors.Unauthenticated):
        await me(links, sessions.Browser(f"__Host-session={secret}").sends())
    signed_in = await come_back(links, browser, **issuer.approve(url))
    assert signed_in.set_cookies[1].startswith("__Host-oidc=; Path=/; Max-Age=0;")


async def test_secrets_stay_between_us_and_the_provider(
    links: Links, issuer: Issuer, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither database nor log holds what could end an attempt, or says who somebody is there."""
    caplog.set_level(logging.DEBUG)
    issuer.claims |= {"email": "ada@example.com", "email_verified": True}
    url, browser, _ = await begin(links)
    answer = issuer.approve(url)
    dump = str(await sessions.rows(links, "SELECT a::text, encode(hash, 'escape') FROM links.oidc_attempts AS a"))
    await come_back(links, browser, **answer)
    issuer.claims |= {"aud": "another"}
    with pytest.raises(errors.Unauthenticated):
        await sign_in(links, issuer)
    formatter = _JsonFormatter("links")
    logged = "\n".join(formatter.format(record) for record in caplog.records if record.name.startswith("services."))
    assert "oidc_refused" in logged
    for hidden in (browser.cookie.partition("=")[2], *answer.values(), issuer.exchanges[0][1]["code_verifier"]):
        assert hidden not in dump
        assert hidden not in logged
    for hidden in (CLIENT_SECRET, "ada@example.com", "ada-1"):
        assert hidden not in logged
