"""Signing in and out: by password, by an address that works once, by a key, through a provider, and in between."""

import re
import time
import uuid
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from deploy.local.greeting import sign_in_address
from linkmeter.links.v1 import account_service_pb2, account_service_pb2_grpc, links_pb2
from tests.support.dashboard import Dashboard, open_dashboard
from tests.support.oidc_issuer import CLIENT_ID, CLIENT_SECRET, running_issuer
from tests.support.people import key_of_new_owner
from tests.support.system import System, running_system

PASSWORD = "correct horse"
NEW_PASSWORD = "battery staple"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


async def new_person(system: System) -> str:
    """Make an account that signs in with a password; return its login."""
    login = f"p{uuid.uuid4().hex}"
    async with system.channel("links") as channel:
        accounts = account_service_pb2_grpc.AccountServiceStub(channel)
        owner = links_pb2.Owner(login=login, display_name="Ada Lovelace", email="ada@example.com")
        await accounts.CreateOwner(account_service_pb2.CreateOwnerRequest(owner=owner, password=PASSWORD), timeout=60)
    return login


async def fill_in(page: Page, login: str, password: str = PASSWORD) -> None:
    """Sign in with a password on the form that is shown."""
    await page.get_by_label("Login").fill(login)
    await page.get_by_label("Password", exact=True).fill(password)
    await page.get_by_role("button", name="Sign in", exact=True).click()


async def is_in(window: Dashboard, path: str) -> None:
    """Wait until the screen of an address is there for somebody who is signed in."""
    await expect(window.page).to_have_url(f"{window.system.base_url}/dashboard{path}")
    await window.page.get_by_role("button", name="Sign out").first.wait_for(state="attached")


async def test_password_leads_to_where_one_wanted_to_go(system: System, chromium: Browser) -> None:
    """A wrong one is said; after signing out the way back shows nothing."""
    login = await new_person(system)
    async with open_dashboard(system, chromium, api_key="") as window:
        page = await window.open("/sessions?from=bookmark")
        await window.heading("Sign in")
        await window.looks_right("sign-in")
        await fill_in(page, login, "wrong")
        await expect(page.get_by_role("alert")).to_contain_text("That did not work")
        await fill_in(page, login)
        await is_in(window, "/sessions?from=bookmark")
        await expect(page.get_by_text("Ada Lovelace")).to_be_visible()
        await page.get_by_role("button", name="Sign out").first.click()
        await window.heading("Sign in")
        await page.go_back()
        await window.heading("Sign in")
        assert await window.context.cookies() == []


async def test_address_signs_in_once(system: System, chromium: Browser) -> None:
    """The token leaves the address bar at once; a second time it is refused, and the other ways are there."""
    address = sign_in_address(system.folder.read_operator_settings())
    async with open_dashboard(system, chromium, api_key="") as window:
        await window.page.goto(address)
        await is_in(window, "/links")
        await window.open("/account")
        await expect(window.page.get_by_text("admin", exact=True)).to_be_visible()
        [cookie] = await window.context.cookies()
        assert (cookie["name"], cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (
            "session",
            True,
            "Strict",
            "/",
        )
        assert cookie["expires"] > time.time() + 29 * 86400
    async with open_dashboard(system, chromium, api_key="") as window:
        await window.page.goto(address)
        await expect(window.page.get_by_role("alert")).to_contain_text("does not sign in any more")
        assert "token" not in window.page.url
        await expect(window.page.get_by_label("Login")).to_be_visible()


async def test_key_signs_in_to_what_it_may(system: System, chromium: Browser) -> None:
    """Keys and sessions are not shown to a session that may not manage them; it ends with the key."""
    key = await key_of_new_owner(system, "links:read", "keys:manage")
    async with system.client(api_key=key) as owner, open_dashboard(system, chromium, api_key="") as window:
        made = (await owner.post("/v1/apiKeys", json={"scopes": ["links:read"]})).json()
        page = await window.open("/sign-in?to=/keys")
        await page.get_by_role("button", name="With an API key").click()
        await page.get_by_label("API key").fill(made["secret"])
        await page.get_by_role("button", name="Sign in", exact=True).click()
        await is_in(window, "/keys")
        await expect(page.get_by_text("You may not see keys")).to_be_visible()
        await window.open("/sessions")
        await expect(page.get_by_text("This session may not see the others")).to_be_visible()
        await owner.delete(f"/v1/apiKeys/{made['apiKeyId']}")
        await page.reload()
        await window.heading("Sign in")


async def test_session_that_ends_in_the_middle_of_an_edit_loses_nothing(system: System, chromium: Browser) -> None:
    """One signs in again above what was typed, and goes on."""
    login = await new_person(system)
    async with open_dashboard(system, chromium, api_key="") as window:
        page = await window.open("/keys")
        await fill_in(page, login)
        await page.get_by_role("button", name="New key").first.click()
        await page.get_by_label("Title").fill("Typed before the end")
        await page.get_by_label("read statistics and clicks").uncheck()
        await window.context.clear_cookies()
        await page.get_by_role("dialog").get_by_role("button", name="New key").click()
        again = page.get_by_role("dialog", name="Your session has ended")
        await again.wait_for()
        await window.looks_right("session-ended")
        await again.get_by_label("Login").fill(login)
        await again.get_by_label("Password", exact=True).fill(PASSWORD)
        await again.get_by_role("button", name="Sign in", exact=True).click()
        await again.wait_for(state="detached")
        await expect(page.get_by_label("Title")).to_have_value("Typed before the end")
        await page.get_by_role("dialog").get_by_role("button", name="New key").click()
        await page.get_by_role("button", name="I have copied it").click()
        row = page.get_by_role("row", name=re.compile("Typed before the end"))
        await expect(row.get_by_text("links:read")).to_be_visible()
        await expect(row.get_by_text("stats:read")).to_have_count(0)


async def test_sessions_are_seen_and_ended(system: System, chromium: Browser) -> None:
    """The own one is marked; another is ended alone, then all the rest."""
    login = await new_person(system)
    async with (
        open_dashboard(system, chromium, api_key="") as mine,
        open_dashboard(system, chromium, api_key="") as lost,
        open_dashboard(system, chromium, api_key="") as old,
    ):
        for window in (old, lost, mine):
            await window.context.set_extra_http_headers({"user-agent": FIREFOX} if window is lost else {})
            await fill_in(await window.open("/sessions"), login)
            await is_in(window, "/sessions")
        page = mine.page
        await expect(page.get_by_role("row")).to_have_count(4)
        await expect(page.get_by_text("This browser")).to_have_count(1)
        await mine.looks_right("sessions")
        await page.get_by_role("button", name="End the session of Firefox on Linux").click()
        await page.get_by_role("dialog").get_by_role("button", name="End", exact=True).click()
        await expect(page.get_by_role("row")).to_have_count(3)
        await lost.page.reload()
        await lost.heading("Sign in")
        await page.get_by_role("button", name="End all others").click()
        await page.get_by_role("dialog").get_by_role("button", name="End all others").click()
        await expect(page.get_by_text("No other browser is signed in")).to_be_visible()
        await old.page.reload()
        await old.heading("Sign in")


async def test_password_is_changed(system: System, chromium: Browser) -> None:
    """What is wrong is said at its field; the new one signs in."""
    login = await new_person(system)
    async with open_dashboard(system, chromium, api_key="") as window:
        page = await window.open("/account")
        await fill_in(page, login)
        await expect(page.get_by_text("ada@example.com")).to_be_visible()
        await window.looks_right("account")
        await page.get_by_label("Password so far").fill("wrong")
        await page.get_by_label("New password", exact=True).fill(NEW_PASSWORD)
        await page.get_by_label("New password once more").fill("something else")
        await expect(page.get_by_role("alert")).to_contain_text("not the same")
        await page.get_by_label("New password once more").fill(NEW_PASSWORD)
        change = page.get_by_role("button", name="Change password")
        await change.click()
        await expect(page.get_by_role("alert")).to_contain_text("This is not the password")
        await page.get_by_label("Password so far").fill(PASSWORD)
        await change.click()
        await expect(page.get_by_text("The password is changed")).to_be_visible()
        await page.get_by_role("button", name="Sign out").first.click()
        await fill_in(page, login, NEW_PASSWORD)
        await is_in(window, "/links")


@pytest.mark.timeout(180)
async def test_provider_signs_in(chromium: Browser, tmp_path: Path) -> None:
    """There and back again, in one browser: the cookie of the attempt comes along, and the code leaves the address."""
    with running_issuer() as issuer:
        issuer.now = time.time()
        issuer.claims = {"sub": "ada-1", "preferred_username": "ada", "name": "Ada of the provider"}
        settings = {
            "LINKMETER_OIDC_ISSUER": issuer.url,
            "LINKMETER_OIDC_CLIENT_ID": CLIENT_ID,
            "LINKMETER_OIDC_CLIENT_SECRET": CLIENT_SECRET,
            "LINKMETER_OIDC_TITLE": "Example SSO",
            "LINKMETER_OIDC_ACCOUNTS": "create",
            "LINKMETER_PASSWORD_SIGN_IN": "off",
        }
        with running_system(tmp_path / "data", **settings) as system:
            async with open_dashboard(system, chromium, api_key="") as window:
                window.tolerate(f"^another host: {re.escape(issuer.url)}/authorize")
                page = await window.open("/links")
                await expect(page.get_by_label("Login")).to_have_count(0)
                await page.get_by_role("button", name="Example SSO").click()
                await is_in(window, "/links")
                await expect(page.get_by_text("Ada of the provider")).to_be_visible()
                assert [cookie["name"] for cookie in await window.context.cookies()] == ["session"]
                await page.goto(f"{system.base_url}/dashboard/oidc?code=stolen&state=stolen")
                await window.heading("Signing in over there did not work")
                assert "stolen" not in page.url
