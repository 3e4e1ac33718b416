"""What a person reads when the system is up."""

import secrets
import subprocess
from collections.abc import Callable, Mapping

from deploy.local import parts
from deploy.local.settings import LocalSettings

_KEY_BYTES = 32
# Whom the installation's first key belongs to.
_FIRST_OWNER = "owner"
# Where the key is not ours to print: the shell puts it in.
_FROM_SHELL = "$LINKMETER_API_KEY"


def new_api_key() -> str:
    """Make an API key."""
    return f"lm_{secrets.token_urlsafe(_KEY_BYTES)}"


def sign_in_address(operator_settings: Mapping[str, str]) -> str:
    """Make an address that signs a browser in to the first account, once; empty when that does not work."""
    command, environment = parts.admin(operator_settings, ["sign-in", _FIRST_OWNER])
    done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
    return done.stdout.partition(": ")[2].strip() if done.returncode == 0 else ""


def greet(
    settings: LocalSettings, *, sign_in: str, api_key: str, is_generated: bool, say: Callable[[str], None]
) -> None:
    """Print the addresses, a new key, and three commands to try."""
    say("")
    say(f"  Address:  {settings.public_url}")
    if sign_in:
        say(f"  Sign in:  {sign_in}   (works once, within 15 minutes)")
    say(f"  API docs: {settings.public_url}/docs")
    if api_key and is_generated:
        say(f"  API key:  {api_key}   (shown only now: keep it)")
    say("")
    say("Try it: create a link, follow it, see its statistics")
    for line in curl_lines(settings.public_url, api_key if is_generated and api_key else _FROM_SHELL):
        say(f"  {line}")
    say("")


def curl_lines(base: str, api_key: str) -> tuple[str, str, str]:
    """Return three commands that work as they stand on a new installation."""
    key = f'-H "Authorization: Bearer {api_key}"'
    link = """-d '{"code": "hello", "destination": "https://example.com/"}'"""
    return (
        f"curl -s {key} -H 'Content-Type: application/json' {link} {base}/v1/links",
        f"curl -si {base}/hello",
        f"curl -s {key} {base}/v1/links/1/stats",
    )
