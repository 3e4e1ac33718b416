"""python -m services.links admin, as a process."""

import os
import subprocess
import sys

import pytest

from linkmeter.links.v1 import access_service_pb2, account_service_pb2, link_service_pb2, links_pb2, oauth_service_pb2
from services.common import errors
from services.common.caller import ADMIN
from tests.support import sessions
from tests.support.links_service import Links, bearer

PASSWORD = "correct horse"


def admin(url: str, *arguments: str, said: str = "") -> "subprocess.CompletedProcess[str]":
    """Run a command with the settings of the service."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("LINKMETER_")}
    settings = {"LINKMETER_PUBLIC_URL": "https://sho.rt", "LINKMETER_EXTRA_HOSTS": "www.sho.rt"}
    if url:
        settings["LINKMETER_POSTGRES_URL"] = url
    return subprocess.run(
        [sys.executable, "-m", "services.links", "admin", *arguments],
        env={**plain, **settings},
        input=said,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def done(url: str, *arguments: str, said: str = "") -> dict[str, str]:
    """Run a command that succeeds; answer what it printed, by name."""
    result = admin(url, *arguments, said=said)
    assert (result.returncode, result.stderr) == (0, "")
    return dict(line.split(": ", 1) for line in result.stdout.splitlines())


def refused(url: str, *arguments: str, said: str = "") -> str:
    """Run a command that fails; answer its one line."""
    result = admin(url, *arguments, said=said)
    assert (result.returncode, result.stdout) == (1, "")
    [line] = result.stderr.splitlines()
    return line


def table(url: str, *arguments: str) -> list[list[str]]:
    """Run a command that lists; answer the cells."""
    result = admin(url, *arguments)
    assert (result.returncode, result.stderr) == (0, "")
    return [line.split() for line in result.stdout.splitlines()]


async def test_operator_makes_all_that_an_account_needs(links: Links, links_database: str) -> None:
    """A group, an account that signs in, a domain, a key and an application: each works at once."""
    url = links_database
    team = done(url, "create-workspace", "Team")["workspace_id"]
    made = done(url, "create-owner", "ada", "--email", "a@b.example", "--workspace", team, "--password", said=PASSWORD)
    assert made["login"] == "ada"
    owner = await links.accounts.VerifyOwnerPassword(
        account_service_pb2.VerifyOwnerPasswordRequest(login="ada", password=PASSWORD)
    )
    assert (str(owner.owner_id), str(owner.workspace_id), owner.email) == (made["owner_id"], team, "a@b.example")

    done(url, "create-domain", "GO.example", "--owner", "ada")
    key = done(url, "create-key", "--owner", "ada", "--scope", "links:write", "--scope", "links:read", "--days", "30")
    link = await links.links.CreateLink(
        _create(links_pb2.Link(destination="https://example.com/", domain="go.example", code="hello")),
        metadata=bearer(key["api_key"]),
    )
    assert link.short_url == "https://go.example/hello"

    app = done(url, "create-oauth-app", "App", "--owner", "ada", "--redirect-uri", "https://app.example/")
    verify = oauth_service_pb2.VerifyOAuthAppRequest(client_id=app["client_id"], client_secret=app["client_secret"])
    assert (await links.oauth.VerifyOAuthApp(verify)).owner_id == owner.owner_id


async def test_keys_are_listed_without_secrets_and_revoked(links: Links, links_database: str) -> None:
    """A key's secret is printed once; after revoke-key it is refused."""
    url = links_database
    key = done(url, "create-key", "--owner", "owner", "--title", "reports")
    scopes = "domains:manage,keys:manage,links:import,links:read,links:write,stats:read"
    assert table(url, "list-keys", "--owner", "owner")[-1] == [
        key["api_key_id"],
        key["api_key"][:10],
        "reports",
        scopes,
        "never",
    ]
    done(url, "revoke-key", key["api_key_id"], "--owner", "owner")
    assert "not found" in refused(url, "revoke-key", key["api_key_id"], "--owner", "owner")
    with pytest.raises(errors.Unauthenticated):
        await links.access.Authenticate(access_service_pb2.AuthenticateRequest(credential=key["api_key"]))


async def test_first_account_gets_a_password(links: Links, links_database: str) -> None:
    """It is there from the first moment, without one."""
    done(links_database, "set-password", "owner", said=f"{PASSWORD}\n")
    assert await links.accounts.VerifyOwnerPassword(
        account_service_pb2.VerifyOwnerPasswordRequest(login="owner", password=PASSWORD)
    )
    assert "not found" in refused(links_database, "set-password", "nobody", said=PASSWORD)


async def test_address_signs_in_and_admin_is_given_and_taken(links: Links, links_database: str) -> None:
    """Without a running service: what is printed works in a browser, once."""
    url = links_database
    done(url, "create-owner", "ada")
    for said in ("on", "off"):
        done(url, "set-admin", "ada", said)
        address = done(url, "sign-in", "ada")["sign_in"]
        page, _, token = address.partition("#token=")
        assert page == "https://sho.rt/dashboard/sign-in"
        signed_in = await sessions.create(links, one_time_token=token)
        caller = await sessions.me(links, signed_in.browser.sends())
        assert (caller.owner.login, ADMIN in caller.scopes) == ("ada", said == "on")
    for command in (["set-admin", "nobody", "on"], ["sign-in", "nobody"]):
        assert "not found" in refused(url, *command)


def test_accounts_and_groups_are_listed(links_database: str) -> None:
    """One line each, under names; a group's alone on request."""
    url = links_database
    team = done(url, "create-workspace", "Team")["workspace_id"]
    assert table(url, "list-workspaces") == [["workspace_id", "title"], [team, "Team"]]
    ada = done(url, "create-owner", "ada", "--workspace", team)["owner_id"]
    head = ["owner_id", "login", "display_name", "email", "workspace_id", "password", "admin"]
    row = [ada, "ada", "ada", "-", team, "no", "no"]
    assert table(url, "list-owners", "--workspace", team) == [head, row]
    assert [line[1] for line in table(url, "list-owners")] == ["login", "anonymous", "owner", "ada"]
    assert table(url, "list-owners", "--workspace", "999") == []


def test_domain_of_nobody_is_everybodys(links_database: str) -> None:
    """And a host is given once, the installation's own never."""
    made = done(links_database, "create-domain", "go.example", "--public-url", "http://go.example:8080")
    assert made["public_url"] == "http://go.example:8080"
    for host in ("go.example", "sho.rt", "www.sho.rt"):
        assert "domain is taken" in refused(links_database, "create-domain", host)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["create-owner", "Ada"], "login must have"),
        (["create-owner", "owner"], "login is taken: owner"),
        (["create-owner", "ada", "--workspace", "7"], "workspace not found: 7"),
        (["create-owner", "ada", "--password"], "password must have 8 to 256"),
        (["create-key", "--owner", "nobody"], "owner not found: nobody"),
        (["create-domain", "a b"], "host is no host name"),
        (["create-oauth-app", "App", "--owner", "owner", "--redirect-uri", "x"], "redirect_uris must be"),
    ],
)
def test_mistakes_are_told_in_one_line(links_database: str, arguments: list[str], words: str) -> None:
    """Which field, and what is wrong with it."""
    said = "short" if "--password" in arguments else ""
    line = refused(links_database, *arguments, said=said)
    assert line.startswith("links admin: ")
    assert words in line


def test_command_line_is_explained(links_database: str) -> None:
    """Help needs no settings; what is no command or option is a usage error."""
    assert "create-owner" in admin("", "--help").stdout
    for arguments in ([], ["fly"], ["create-key"], ["create-key", "--owner", "owner", "--scope", "root"]):
        result = admin(links_database, *arguments)
        assert (result.returncode, result.stdout) == (2, "")
        assert "usage:" in result.stderr


def test_database_that_is_not_ready_is_named(postgres_url: str) -> None:
    """No setting, no server, no tables: each in one line."""
    result = admin("", "list-owners")
    assert (result.returncode, result.stderr.splitlines()) == (2, ["links: LINKMETER_POSTGRES_URL is required"])
    assert "does not answer" in refused("postgresql://x:secret@127.0.0.1:1/x", "list-owners")
    assert "migrate" in refused(postgres_url, "list-owners")


def _create(link: links_pb2.Link) -> link_service_pb2.CreateLinkRequest:
    return link_service_pb2.CreateLinkRequest(link=link)
