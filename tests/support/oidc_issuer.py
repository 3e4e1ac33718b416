"""A provider of single sign-on on loopback: real keys, real HTTP, and whatever it may do wrong."""

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

CLIENT_ID = "linkmeter dashboard"
CLIENT_SECRET = "a secret: with / characters"


@dataclass(frozen=True, slots=True)
class _Grant:
    """What a code was given for."""

    nonce: str
    challenge: str
    redirect_uri: str


@dataclass(slots=True)
class Issuer:
    """What the provider knows and does; tests change it as they like."""

    url: str = ""
    # Who signs in next, and claims in place of those that a token usually has; None takes one away.
    claims: dict[str, Any] = field(default_factory=lambda: {"sub": "ada-1"})
    key: RSAKey | ECKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "first"}))
    # Keys that it publishes besides.
    more_keys: list[Any] = field(default_factory=list)
    hides_key: bool = False
    algorithm: str = "RS256"
    metadata: dict[str, Any] = field(default_factory=dict)
    # HTTP status of every answer, if it is to be another.
    status: int = 0
    # Paths that it was asked for, and the headers and forms of exchanges.
    asked: list[str] = field(default_factory=list)
    exchanges: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    now: float = 0
    # Signs a token in place of the key.
    sign: Callable[[dict[str, Any], dict[str, Any]], str] | None = None
    _grants: dict[str, _Grant] = field(default_factory=dict)

    def approve(self, authorization_url: str) -> dict[str, str]:
        """Let who comes to an address in: return code and state, with which the browser is sent back."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(authorization_url).query).items()}
        assert query["response_type"] == "code"
        assert query["client_id"] == CLIENT_ID
        assert query["code_challenge_method"] == "S256"
        assert "openid" in query["scope"].split()
        code = secrets.token_urlsafe(24)
        self._grants[code] = _Grant(query["nonce"], query["code_challenge"], query["redirect_uri"])
        return {"code": code, "state": query["state"]}

    def sent_back(self, authorization_url: str) -> str:
        """Return the address that a browser is sent back to."""
        query = parse_qs(urlsplit(authorization_url).query)
        return f"{query['redirect_uri'][0]}?{urlencode(self.approve(authorization_url))}"

    def answer(self, path: str) -> tuple[int, Any]:
        """Answer a GET."""
        if path == "/.well-known/openid-configuration":
            known = {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/keys",
            }
            return 200, known | self.metadata
        if path == "/keys":
            published = [] if self.hides_key else [self.key.as_dict(private=False)]
            return 200, {"keys": [*published, *self.more_keys]}
        return 404, {}

    def exchange(self, authorization: str, form: Mapping[str, str]) -> tuple[int, Any]:
        """Answer the exchange of a code, which works once and for who began."""
        self.exchanges.append((authorization, dict(form)))
        grant = self._grants.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if grant is None or (grant.challenge, grant.redirect_uri) != (challenge, form.get("redirect_uri")):
            return 400, {"error": "invalid_grant"}
        now = int(self.now)
        claims = {
            "iss": self.url,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "nonce": grant.nonce,
            **self.claims,
        }
        present = {name: value for name, value in claims.items() if value is not None}
        header = {"alg": self.algorithm, "kid": self.key.kid}
        return 200, {"access_token": "unused", "token_type": "Bearer", "id_token": self.signed(header, present)}

    def signed(self, header: dict[str, Any], claims: dict[str, Any]) -> str:
        """Sign a token."""
        if self.sign is not None:
            return self.sign(header, claims)
        return jwt.encode(header, claims, self.key, algorithms=[self.algorithm])


@contextmanager
def running_issuer() -> Iterator[Issuer]:
    """Run a provider on a free port."""
    issuer = Issuer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            issuer.asked.append(path)
            if path == "/authorize":
                # As one does for whom somebody is signed in already.
                self.send_response(302)
                self.send_header("location", issuer.sent_back(self.path))
                self.end_headers()
                return
            self._send(*issuer.answer(path))

        def do_POST(self) -> None:
            issuer.asked.append(self.path)
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._send(*issuer.exchange(self.headers.get("authorization", ""), form))

        def _send(self, status: int, answer: Any) -> None:
            body = json.dumps(answer).encode()
            self.send_response(issuer.status or status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    issuer.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def public(key: RSAKey | ECKey) -> Any:
    """Return what a provider publishes of a key."""
    return KeySet([key]).as_dict(private=False)["keys"][0]
