"""Many links at once on the screen of links."""

from playwright.async_api import Locator, Page, expect

from tests.support.dashboard import Dashboard


def bar(page: Page) -> Locator:
    """Return what can be done with the links that are chosen."""
    return page.get_by_role("region", name="What to do with the chosen links")


async def choose(page: Page, *names: str) -> None:
    """Choose links by their names."""
    for name in names:
        await page.get_by_label(f"Choose {name}").check()


async def test_many_links_are_changed_at_once(dashboard: Dashboard) -> None:
    """Tagged, switched off, put away; each shows it, and what was chosen is counted."""
    for each in ("a", "b", "c"):
        await dashboard.create_link(f"bulk-{each}", title=f"Bulk {each}", tags=["old"])
    page = await dashboard.open("/links")
    await choose(page, "Bulk a", "Bulk b")
    await expect(bar(page).get_by_text("2 links chosen")).to_be_visible()
    await bar(page).get_by_role("button", name="Tags").click()
    form = page.locator("dialog[open]")
    await form.get_by_label("Add").fill("new")
    await page.keyboard.press("Enter")
    await form.get_by_label("old").check()
    await dashboard.looks_right("bulk-tags")
    await form.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("button", name="new", exact=True)).to_have_count(2)
    await expect(page.get_by_role("button", name="old", exact=True)).to_have_count(1)
    await expect(bar(page)).to_have_count(0)
    # What floats above the list hides a part of it.
    await page.get_by_role("button", name="Close").click()
    await page.get_by_label("Choose all on this page").check()
    await expect(bar(page).get_by_text("3 links chosen")).to_be_visible()
    await dashboard.looks_right("bulk-chosen")
    await bar(page).get_by_role("button", name="Switch off").click()
    await expect(page.get_by_role("list", name="Links", exact=True).get_by_text("Switched off")).to_have_count(3)
    await expect(bar(page)).to_have_count(0)
    await choose(page, "Bulk c")
    await bar(page).get_by_role("button", name="Archive").click()
    await expect(page.locator("[data-row]")).to_have_text(["Bulk b", "Bulk a"])
    await page.get_by_label("Archived").first.check()
    await expect(page.locator("[data-row]")).to_have_text(["Bulk c"])


async def test_what_is_refused_of_some_is_said_of_each(dashboard: Dashboard) -> None:
    """The others are done."""
    await dashboard.create_link("bulk-full", title="Full", tags=[f"t{n}" for n in range(32)])
    await dashboard.create_link("bulk-free", title="Free")
    page = await dashboard.open("/links")
    await choose(page, "Full", "Free")
    await bar(page).get_by_role("button", name="Tags").click()
    await page.locator("dialog[open]").get_by_label("Add").fill("one more")
    await page.keyboard.press("Enter")
    await page.locator("dialog[open]").get_by_role("button", name="Save").click()
    results = page.get_by_role("dialog", name="1 link stays as it is")
    await expect(results.get_by_role("row", name="bulk-full")).to_contain_text("33 tags")
    await dashboard.looks_right("bulk-refused")
    await results.get_by_role("button", name="Close").last.click()
    await expect(page.get_by_role("button", name="one more", exact=True)).to_have_count(1)


async def test_links_are_deleted_after_a_question_and_exported(dashboard: Dashboard) -> None:
    """A file of those that are chosen holds nothing that a spreadsheet would run."""
    await dashboard.create_link("bulk-gone", title="=cmd()")
    await dashboard.create_link("bulk-kept", title="Kept")
    page = await dashboard.open("/links")
    await choose(page, "=cmd()")
    async with page.expect_download() as started:
        await bar(page).get_by_role("button", name="Export CSV").click()
    head, row = (await (await started.value).path()).read_text().splitlines()
    assert head.startswith("link_id,short_url,")
    assert "bulk-gone" in row
    assert ",'=cmd()," in row
    await bar(page).get_by_role("button", name="Delete").click()
    question = page.get_by_role("dialog", name="Delete 1 link?")
    await dashboard.looks_right("bulk-delete")
    await question.get_by_role("button", name="Cancel").click()
    await expect(page.locator("[data-row]")).to_have_count(2)
    await bar(page).get_by_role("button", name="Delete").click()
    await question.get_by_role("button", name="Delete it for ever").click()
    await expect(page.locator("[data-row]")).to_have_text(["Kept"])
