"""The operator's commands: python -m services.links admin create-owner ada, and so on.

They work on the database itself, so that the first account can be made before anybody may call anything.
"""

import asyncio
import getpass
import os
import sys
from argparse import Namespace
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import asyncpg

from services.common.caller import ADMIN, SCOPES
from services.common.clock import Clock, SystemClock
from services.common.errors import AlreadyExists, InvalidArgument, LinkmeterError, NotFound
from services.links.accounts import Accounts
from services.links.applications import Applications
from services.links.commands import admin_arguments
from services.links.domain import domains, sessions
from services.links.domain.credentials import ApiKeyDraft
from services.links.domain.oauth import OAuthAppDraft
from services.links.domain.owners import OwnerDraft
from services.links.key_issuer import KeyIssuer
from services.links.password_worker import PasswordWorker
from services.links.settings import SCHEMA, AdminSettings, read_admin_settings
from services.links.store.credentials import CredentialStore
from services.links.store.domain_claims import DomainClaimStore
from services.links.store.domains import DomainStore
from services.links.store.oauth import OAuthStore
from services.links.store.owners import OwnerStore
from services.links.store.sessions import OneTimeTokenStore
from services.runtime import postgres

Row = dict[str, object]

_USUAL_SCOPES: Final = frozenset(SCOPES) - {ADMIN}
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Resources:
    """What the commands work with."""

    settings: AdminSettings
    clock: Clock
    owners: OwnerStore
    domains: DomainStore
    domain_claims: DomainClaimStore
    credentials: CredentialStore
    one_time_tokens: OneTimeTokenStore
    accounts: Accounts
    issuer: KeyIssuer
    applications: Applications


Command = Callable[[_Resources, Namespace], Awaitable[list[Row]]]


def run(arguments: list[str]) -> None:
    """Do what the operator asks, and end the program with 1 where it could not be done."""
    asked = admin_arguments.parse(arguments)
    sys.exit(_status(read_admin_settings(os.environ), asked))


def _status(settings: AdminSettings, asked: Namespace) -> int:
    """Do what was asked; return the exit status."""
    try:
        rows = asyncio.run(_run(settings, asked))
    except LinkmeterError as problem:
        return _fail(_message(problem))
    except asyncpg.UndefinedTableError:
        return _fail("the tables are missing: run python -m services.links migrate first")
    except (asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidCatalogNameError) as problem:
        return _fail(f"the database refuses: {problem}")
    except Exception as problem:
        if postgres.outage_of(problem) is None:
            raise
        return _fail("the database of LINKMETER_POSTGRES_URL does not answer")
    _show(rows, as_table=asked.command.startswith("list-"))
    return 0


async def _run(settings: AdminSettings, asked: Namespace) -> list[Row]:
    pool = await postgres.open_pool(settings.postgres_url, SCHEMA, max_size=1)
    password_worker, clock = PasswordWorker(), SystemClock()
    owners, credentials = OwnerStore(pool), CredentialStore(pool)
    resources = _Resources(
        settings=settings,
        clock=clock,
        owners=owners,
        domains=DomainStore(pool),
        domain_claims=DomainClaimStore(pool),
        credentials=credentials,
        one_time_tokens=OneTimeTokenStore(pool),
        accounts=Accounts(store=owners, password_worker=password_worker, clock=clock),
        issuer=KeyIssuer(store=credentials, clock=clock),
        applications=Applications(store=OAuthStore(pool), clock=clock),
    )
    try:
        return await _COMMANDS[asked.command](resources, asked)
    finally:
        password_worker.stop()
        pool.terminate()


async def _create_workspace(resources: _Resources, asked: Namespace) -> list[Row]:
    workspace = await resources.accounts.create_workspace(asked.title)
    return [{"workspace_id": workspace.workspace_id, "title": workspace.title}]


async def _list_workspaces(resources: _Resources, _asked: Namespace) -> list[Row]:
    found = await resources.owners.list_workspaces()
    return [{"workspace_id": workspace.workspace_id, "title": workspace.title} for workspace in found]


async def _create_owner(resources: _Resources, asked: Namespace) -> list[Row]:
    draft = OwnerDraft(
        login=asked.login, display_name=asked.display_name, email=asked.email, workspace_id=asked.workspace
    )
    owner = await resources.accounts.create_owner(draft, _read_password() if asked.password else "")
    return [{"owner_id": owner.owner_id, "login": owner.login}]


async def _set_password(resources: _Resources, asked: Namespace) -> list[Row]:
    await resources.accounts.of_login(asked.login)
    await resources.accounts.set_password(asked.login, _read_password())
    return [{"login": asked.login, "password": "changed"}]


async def _set_admin(resources: _Resources, asked: Namespace) -> list[Row]:
    if not await resources.owners.set_admin(asked.login, admin=asked.admin == "on"):
        raise NotFound("owner", asked.login)
    return [{"login": asked.login, "admin": asked.admin}]


async def _sign_in(resources: _Resources, asked: Namespace) -> list[Row]:
    owner = await resources.accounts.of_login(asked.login)
    token = sessions.new_one_time_token()
    expiry = resources.clock.now() + sessions.ONE_TIME_LIFETIME
    await resources.one_time_tokens.add(owner.owner_id, token, expiry)
    # Behind the #, which browsers keep to themselves: no server, proxy or log sees the token.
    return [{"sign_in": f"{resources.settings.public_url.url}/dashboard/sign-in#token={token.text}"}]


async def _list_owners(resources: _Resources, asked: Namespace) -> list[Row]:
    return [
        {
            "owner_id": owner.owner_id,
            "login": owner.login,
            "display_name": owner.display_name,
            "email": owner.email or "-",
            "workspace_id": owner.workspace_id or "-",
            "password": "yes" if owner.password else "no",
            "admin": "yes" if owner.admin else "no",
        }
        for owner in await resources.owners.list_page(asked.workspace)
    ]


async def _create_domain(resources: _Resources, asked: Namespace) -> list[Row]:
    new = domains.parse_new(asked.host, asked.public_url)
    if new.host in resources.settings.hosts:
        raise AlreadyExists("domain", new.host)
    owner_id = (await resources.accounts.of_login(asked.owner)).owner_id if asked.owner else 0
    claim = await resources.domain_claims.find(new.host, owner_id)
    if claim is None:
        domain = await resources.domains.add(new, owner_id, resources.clock.now())
    else:
        # The operator's word is the proof that the claim waits for.
        url = new.url if asked.public_url else claim.public_url
        await resources.domain_claims.set_public_url(claim.domain_id, url)
        domain = await resources.domain_claims.adopt(claim)
    return [{"domain_id": domain.domain_id, "host": domain.host, "public_url": domain.public_url}]


async def _list_domains(resources: _Resources, asked: Namespace) -> list[Row]:
    owner_id = (await resources.accounts.of_login(asked.owner)).owner_id if asked.owner else 0
    return [
        {
            "domain_id": domain.domain_id,
            "host": domain.host,
            "public_url": domain.public_url,
            "owner_id": domain.owner_id or "-",
        }
        for domain in await resources.domains.list_all(owner_id)
    ]


async def _delete_domain(resources: _Resources, asked: Namespace) -> list[Row]:
    host = resources.settings.hosts.domain_host(asked.host)
    domain = await resources.domains.find(host) if host != resources.settings.hosts.name else None
    if domain is None:
        raise NotFound("domain", asked.host)
    await resources.domains.release(domain.domain_id, resources.clock.now(), with_links=asked.with_links)
    return [{"domain_id": domain.domain_id, "host": domain.host, "state": "deleted"}]


async def _create_key(resources: _Resources, asked: Namespace) -> list[Row]:
    owner = await resources.accounts.of_login(asked.owner)
    draft = ApiKeyDraft(
        title=asked.title,
        scopes=frozenset(asked.scopes) or _USUAL_SCOPES,
        expire_time=resources.clock.now() + asked.days * _DAY if asked.days else None,
    )
    key, secret = await resources.issuer.issue(owner.owner_id, draft)
    return [{"api_key_id": key.api_key_id, "owner": owner.login, "api_key": secret.text}]


async def _list_keys(resources: _Resources, asked: Namespace) -> list[Row]:
    owner = await resources.accounts.of_login(asked.owner)
    return [
        {
            "api_key_id": key.api_key_id,
            "prefix": key.prefix,
            "title": key.title or "-",
            "scopes": ",".join(sorted(key.scopes)),
            "expires": f"{key.expire_time:%Y-%m-%d}" if key.expire_time else "never",
        }
        for key in await resources.credentials.list_api_keys(owner.owner_id, with_revoked=False)
    ]


async def _revoke_key(resources: _Resources, asked: Namespace) -> list[Row]:
    owner = await resources.accounts.of_login(asked.owner)
    if not await resources.credentials.revoke_api_key(asked.api_key_id, owner.owner_id, resources.clock.now()):
        raise NotFound("API key", asked.api_key_id)
    return [{"api_key_id": asked.api_key_id, "state": "revoked"}]


async def _create_oauth_app(resources: _Resources, asked: Namespace) -> list[Row]:
    owner = await resources.accounts.of_login(asked.owner)
    draft = OAuthAppDraft(title=asked.title, owner_id=owner.owner_id, redirect_uris=tuple(asked.redirect_uri))
    app, secret = await resources.applications.register(draft)
    return [{"client_id": app.client_id, "client_secret": secret.text}]


_COMMANDS: Final[dict[str, Command]] = {
    "create-workspace": _create_workspace,
    "list-workspaces": _list_workspaces,
    "create-owner": _create_owner,
    "set-password": _set_password,
    "set-admin": _set_admin,
    "sign-in": _sign_in,
    "list-owners": _list_owners,
    "create-domain": _create_domain,
    "list-domains": _list_domains,
    "delete-domain": _delete_domain,
    "create-key": _create_key,
    "list-keys": _list_keys,
    "revoke-key": _revoke_key,
    "create-oauth-app": _create_oauth_app,
}


def _read_password() -> str:
    """Ask at a terminal, else read a line; never an argument, which every process of the machine could read."""
    if sys.stdin.isatty():
        return getpass.getpass("Password: ")
    return sys.stdin.readline().rstrip("\r\n")


def _message(problem: LinkmeterError) -> str:
    if isinstance(problem, InvalidArgument):
        return f"{problem.field.rpartition('.')[2]} {problem.problem}"
    return problem.description


def _fail(words: str) -> int:
    sys.stderr.write(f"links admin: {words}\n")
    return 1


def _show(rows: list[Row], *, as_table: bool) -> None:
    """Print things as a table, or one thing as lines with its names."""
    if not as_table:
        for name, value in rows[0].items():
            sys.stdout.write(f"{name}: {value}\n")
        return
    lines = [list(rows[0]), *([str(value) for value in row.values()] for row in rows)] if rows else []
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = [cell.ljust(width) for cell, width in zip(line, widths, strict=True)]
        sys.stdout.write("  ".join(cells).rstrip() + "\n")
