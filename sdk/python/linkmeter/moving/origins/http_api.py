"""Calls of another service's HTTP API: patient, bounded, and silent about the key."""

import json
import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import count
from typing import Any, Final

import httpx

from linkmeter.moving.origin import OriginError
from linkmeter.moving.origins.patience import Pace, Patience

_LOGGER = logging.getLogger(__name__)

# A page of a thousand clicks is about one megabyte.
_LONGEST_ANSWER: Final = 64 * 2**20
_LONGEST_EXCERPT: Final = 200
_MOST_REDIRECTS: Final = 5
_TIMEOUT: Final = httpx.Timeout(60.0, connect=20.0)
# Besides every 5xx: what may be better in a moment. 425 is Too Early.
_WORTH_WAITING: Final = frozenset({408, 425, 429})
_UNREACHABLE: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol)
_KEY_REFUSED: Final = frozenset({401, 403})
# Where an error's JSON has its sentence, the best first.
_SENTENCES: Final = ("detail", "message", "error", "description", "title")

Parameters = Mapping[str, str | int]


class Refused(OriginError):
    """The service answered that it will not; status is its HTTP status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class HttpApi:
    """One service's API behind one address, called with one key, which goes nowhere else.

    Busy, broken or unreachable for a moment (429, 5xx, a lost connection) is waited out as patience says, and the same
    call is made again; all calls here only read. Redirects are followed on the same host only: the key is not shown to
    another one. Messages name addresses, and never the key.
    """

    def __init__(
        self,
        product: str,
        address: str,
        *,
        headers: Mapping[str, str],
        secret: str,
        patience: Patience,
        paces: Sequence[Pace] = (),
        sends_forms: bool = False,
    ) -> None:
        """Take the product's name for messages, its base address, and the headers that show the key (secret).

        What is posted is JSON, or with sends_forms a form.

        Raise OriginError for an address that cannot be one, and for a key that no header can carry.
        """
        self.product = product
        self.base = _base(product, address)
        self._secret = _checked_key(product, secret)
        self._patience = patience
        self._paces = paces
        self._sends_forms = sends_forms
        self._has_answered = False
        self._time = ""
        self._client = httpx.Client(headers={"accept": "application/json", **headers}, timeout=_TIMEOUT)

    @property
    def address(self) -> str:
        """The base address without a slash at its end."""
        return str(self.base).rstrip("/")

    @property
    def server_time(self) -> datetime:
        """The service's own time when it last answered, or ours when it does not say; in UTC."""
        try:
            return parsedate_to_datetime(self._time).astimezone(UTC)
        except ValueError:
            return datetime.fromtimestamp(self._patience.now(), UTC)

    def get(self, path: str, parameters: Parameters | None = None) -> Any:
        """Return the JSON that stands at a path below the address.

        Raise Refused when the service will not, OriginError when it cannot be read.
        """
        return self._call("GET", path, parameters, None)

    def post(self, path: str, body: Mapping[str, str | int]) -> Any:
        """Return the JSON that answers a question which is asked by POST; raises like get."""
        return self._call("POST", path, None, body)

    def _call(self, method: str, path: str, parameters: Parameters | None, body: Mapping[str, str | int] | None) -> Any:
        url = httpx.URL(f"{self.address}{path}", params=parameters or None)
        for attempt in count(1):
            retry_after = ""
            try:
                status, headers, content = self._send(method, url, body)
            except httpx.TransportError as error:
                trouble = str(error) or type(error).__name__
                # A wrong address will not become right; a service that has answered before will come back.
                if isinstance(error, _UNREACHABLE) and not self._has_answered:
                    raise OriginError(
                        f"{self.product} cannot be reached at {self.address} ({self._tell(trouble)}): "
                        "check the address and the network"
                    ) from None
            else:
                self._has_answered = True
                if httpx.codes.is_success(status):
                    return self._parsed(url, content)
                if status not in _WORTH_WAITING and not httpx.codes.is_server_error(status):
                    raise self._refusal(status, url, content)
                trouble, retry_after = f"HTTP {status}", headers.get("retry-after", "")
            pause = self._patience.pause(attempt, retry_after)
            if pause is None:
                raise OriginError(
                    f"{self.product} does not answer {_shown(url)} ({self._tell(trouble)}) after {attempt} attempts: "
                    "start the same import again later, and it goes on from where it stopped"
                )
            _LOGGER.info("%s: %s; the next attempt is in %.0f s", self.product, self._tell(trouble), pause)
            self._patience.sleep(pause)
        raise AssertionError

    def _send(
        self, method: str, url: httpx.URL, body: Mapping[str, str | int] | None
    ) -> tuple[int, httpx.Headers, bytes]:
        for _ in range(_MOST_REDIRECTS):
            for pace in self._paces:
                pace.wait()
            form, content = (body, None) if self._sends_forms else (None, body)
            request = self._client.build_request(method, url, data=form, json=content)
            with_answer = self._client.send(request, stream=True, follow_redirects=False)
            try:
                self._time = with_answer.headers.get("date", "")
                if not with_answer.has_redirect_location:
                    return with_answer.status_code, with_answer.headers, self._content(url, with_answer)
                url = self._redirected(url, with_answer.headers["location"])
            finally:
                with_answer.close()
        raise OriginError(f"{self.product} at {self.address} redirects in circles: check the address")

    def _content(self, url: httpx.URL, answer: httpx.Response) -> bytes:
        content = bytearray()
        try:
            for part in answer.iter_bytes():
                content += part
                if len(content) > _LONGEST_ANSWER:
                    raise OriginError(
                        f"{self.product} answers {_shown(url)} with more than {_LONGEST_ANSWER // 2**20} MiB: "
                        "is this its address?"
                    )
        except httpx.DecodingError:
            raise OriginError(f"{self.product} answers {_shown(url)} with what cannot be unpacked") from None
        return bytes(content)

    def _redirected(self, url: httpx.URL, location: str) -> httpx.URL:
        try:
            target = url.join(location)
        except httpx.InvalidURL:
            raise OriginError(f"{self.product} redirects {_shown(url)} to what is no address") from None
        same_host = target.host == url.host
        if same_host and (target.scheme, target.port) in {(url.scheme, url.port), ("https", None)}:
            return target
        raise OriginError(
            f"{self.product} at {self.address} redirects to {target.scheme}://{target.host}: the key is not sent "
            "there; give that address if it is the right one"
        )

    def _parsed(self, url: httpx.URL, content: bytes) -> Any:
        try:
            # Not strict: Bitly and others leave line breaks in titles as they are.
            return json.loads(content.decode("utf-8-sig"), strict=False)
        except (ValueError, RecursionError):
            raise OriginError(
                f"{self.product} answers {_shown(url)} with what is no JSON: is this the address of its API?"
            ) from None

    def _refusal(self, status: int, url: httpx.URL, content: bytes) -> Refused:
        said = self._tell(_sentence(content))
        detail = f" It says: {said}" if said else ""
        if status in _KEY_REFUSED:
            return Refused(
                status,
                f"{self.product} at {self.address} refuses the key (HTTP {status} at {url.path}): check that it is "
                f"whole, still valid, and may read links and statistics.{detail}",
            )
        if status == httpx.codes.NOT_FOUND:
            return Refused(
                status, f"{self.product} has nothing at {_shown(url)}: is {self.address} its address?{detail}"
            )
        return Refused(status, f"{self.product} refuses {_shown(url)} (HTTP {status}).{detail}")

    def _tell(self, said: str) -> str:
        """Return what a service or the network said, in one short line without the key."""
        line = " ".join(said.replace(self._secret, "…").split())
        printable = "".join(character for character in line if character.isprintable())
        return printable if len(printable) <= _LONGEST_EXCERPT else f"{printable[:_LONGEST_EXCERPT]}…"


def _sentence(content: bytes) -> str:
    """Return the sentence in an error's body, which is JSON of some shape; else the body's beginning."""
    try:
        said = json.loads(content, strict=False)
    except (ValueError, RecursionError):
        said = None
    if isinstance(said, dict) and isinstance(said.get("error"), dict):
        said = said["error"]
    texts = [said.get(name) for name in _SENTENCES] if isinstance(said, dict) else []
    beginning = content[: 4 * _LONGEST_EXCERPT].decode("utf-8", "replace")
    return next((text for text in texts if isinstance(text, str) and text), beginning)


def malformed(api: HttpApi, where: str) -> OriginError:
    """Return the error for an answer that is JSON, but not of the shape that the product has at this place."""
    return OriginError(f"{api.product} at {api.address} answers {where} in a shape that is not {api.product}'s")


def rows_of(api: HttpApi, answer: Any, where: str) -> list[Any]:
    """Return the rows of a page, which must be a list; raise OriginError when it is none."""
    if not isinstance(answer, list):
        raise malformed(api, where)
    return answer


def object_of(api: HttpApi, answer: Any, where: str) -> dict[str, Any]:
    """Return an answer that must be an object; raise OriginError when it is none."""
    if not isinstance(answer, dict):
        raise malformed(api, where)
    return answer


def _base(product: str, address: str) -> httpx.URL:
    text = address.strip()
    wrong = OriginError(f"the address of {product} must be like https://links.example, without a query")
    try:
        url = httpx.URL(text if "://" in text else f"https://{text}")
    except httpx.InvalidURL:
        raise wrong from None
    if url.userinfo:
        raise OriginError(f"the address of {product} must not contain a user name or password")
    if url.scheme not in {"http", "https"} or not url.host or url.query or url.fragment:
        raise wrong
    return url


def _checked_key(product: str, secret: str) -> str:
    key = secret.strip()
    if not key or not key.isascii() or not key.isprintable():
        raise OriginError(f"the key of {product} is empty or has characters that no key has: copy it again")
    return key


def _shown(url: httpx.URL) -> str:
    """Return a URL for messages: keys are in headers, so that nothing in it is secret."""
    return str(url)
