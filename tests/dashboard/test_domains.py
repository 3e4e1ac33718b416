"""Domains, tags and imports."""

import re
import uuid

from playwright.async_api import expect

from tests.support.dashboard import Dashboard
from tests.support.domains import add_domain


async def test_a_domain_is_claimed_proved_changed_and_given_up(dashboard: Dashboard) -> None:
    """With the record to put into the DNS at hand; here the operator's word proves it."""
    host = f"go-{uuid.uuid4().hex[:8]}.example.com"
    page = await dashboard.open("/domains")
    await expect(page.get_by_text("Of the installation")).to_be_visible()
    await page.get_by_role("button", name="Claim a domain").click()
    form = page.locator("dialog[open]")
    await form.get_by_label("Host").fill("no host")
    await form.get_by_role("button", name="Claim a domain").click()
    await expect(form.get_by_label("Host")).to_have_attribute("aria-invalid", "true")
    await form.get_by_label("Host").fill(host)
    await form.get_by_role("button", name="Claim a domain").click()
    card = page.get_by_role("region", name=host)
    await expect(card.get_by_text("Not proved yet")).to_be_visible()
    await expect(card.get_by_role("row", name=re.compile(f"Name _linkmeter.{host}"))).to_be_visible()
    await dashboard.looks_right("domains")
    async with dashboard.client() as client:
        known = (await client.get("/v1/domains", params={"withUnverified": "true"})).json()["domains"]
    owner_id = next(int(each["ownerId"]) for each in known if each["host"] == host)
    await add_domain(dashboard.system.stack.postgres_url, host, owner_id)
    await card.get_by_role("button", name="Check the proof").click()
    await expect(card.get_by_text("Verified")).to_be_visible()
    await card.get_by_role("button", name="Change address").click()
    await form.get_by_label("Short addresses begin with").fill(f"http://{host}:8443")
    await form.get_by_role("button", name="Save").click()
    await expect(card.get_by_text(f"http://{host}:8443")).to_be_visible()
    await card.get_by_role("button", name="Give up").click()
    await page.get_by_role("dialog").get_by_role("button", name="Give up").click()
    await expect(card).to_have_count(0)


async def test_tags_are_renamed_merged_coloured_and_deleted(dashboard: Dashboard) -> None:
    """On all links at once; names that only links carry are tags like others."""
    await dashboard.create_link("tags-a", tags=["launch"])
    await dashboard.create_link("tags-b", tags=["Launch", "big"])
    page = await dashboard.open("/tags")
    row = page.get_by_role("row")
    await expect(row.filter(has_text="launch")).to_have_count(2)
    await page.get_by_role("button", name="Edit big").click()
    form = page.locator("dialog[open]")
    await form.get_by_label("Name").fill("huge")
    await form.get_by_label("Blue").check()
    await form.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("rowheader", name="huge")).to_be_visible()
    await page.get_by_label("Choose launch", exact=True).check()
    await page.get_by_label("Choose Launch", exact=True).check()
    await page.get_by_role("button", name="Merge").click()
    await dashboard.looks_right("tags-merge")
    await form.get_by_role("button", name="Merge").click()
    await expect(page.get_by_role("rowheader", name="Launch", exact=True)).to_have_count(0)
    await expect(page.get_by_role("row", name=re.compile("launch")).get_by_role("link")).to_have_text("2")
    await dashboard.looks_right("tags")
    await page.get_by_role("button", name="Delete huge").click()
    await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    await expect(page.get_by_role("rowheader", name="huge")).to_have_count(0)
    async with dashboard.client() as client:
        links = (await client.get("/v1/links")).json()["links"]
    assert [link["tags"] for link in links] == [["launch"], ["launch"]]


async def test_imports_are_listed(dashboard: Dashboard) -> None:
    """First the way to make one; then what it brought."""
    page = await dashboard.open("/imports")
    await expect(page.get_by_role("heading", name="Nothing was brought yet")).to_be_visible()
    await dashboard.looks_right("imports-empty")
    async with dashboard.client() as client:
        begun = await client.post("/v1/imports", json={"origin": "yourls", "originIdentity": "https://old.example"})
        import_id = begun.json()["importId"]
        link = {"link": {"code": f"i-{uuid.uuid4().hex[:8]}", "destination": "https://example.com/"}}
        await client.post(f"/v1/imports/{import_id}/links:import", json={"links": [link]})
    await page.reload()
    row = page.get_by_role("row", name=re.compile("yourls"))
    await expect(row).to_contain_text("https://old.example")
    await expect(row.get_by_role("cell").nth(1)).to_have_text("1")
    await dashboard.looks_right("imports")
