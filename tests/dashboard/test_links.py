"""The screen of links: made, found, looked at and changed."""

import re

from playwright.async_api import Locator, Page, Route, expect

from tests.support.dashboard import Dashboard
from tests.support.wait import eventually

HOSTILE = "<img src=x onerror=alert(1)> \"'&amp;"
_GIF = bytes.fromhex("47494638396101000100800000000000ffffff2c00000000010001000002024401003b")


def rows(page: Page) -> Locator:
    """Return the links that are listed."""
    return (
        page.get_by_role("list", name="Links", exact=True)
        .get_by_role("listitem")
        .filter(has=page.locator("[data-row]"))
    )


def dialog(page: Page) -> Locator:
    """Return what is open above the list."""
    return page.locator("dialog[open]")


async def test_a_newcomer_makes_the_first_link(dashboard: Dashboard) -> None:
    """From an empty list, by keyboard: its code is checked while it is typed, and its QR code is there at once."""
    await dashboard.create_link("dash-taken")
    async with dashboard.client() as client:
        taken = (await client.get("/v1/links")).json()["links"][0]
        await client.delete(f"/v1/links/{taken['linkId']}")
    page = await dashboard.open("/links")
    await expect(page.get_by_role("heading", name="No links yet")).to_be_visible()
    await expect(page.get_by_text("curl http://localhost")).to_be_visible()
    await dashboard.looks_right("links-empty")
    await page.keyboard.press("n")
    await expect(page).to_have_url(re.compile("/dashboard/links/new$"))
    form = dialog(page)
    await expect(form.get_by_label("Destination")).to_be_focused()
    await page.keyboard.type("https://example.com/landing?a=b")
    for code, said in (
        ("x", "3 to 64 of A-Z a-z 0-9 _ -"),
        ("docs", "kept for pages of the installation"),
        ("dash-taken", "is or was another link's"),
        ("dash-first", "Free"),
    ):
        await form.get_by_label("Code").fill(code)
        await expect(form.get_by_text(said, exact=False).last).to_be_visible()
    await form.get_by_label("Title").fill(HOSTILE)
    await form.get_by_label("Tags").fill("launch")
    await page.keyboard.press("Enter")
    await form.get_by_text("Time and limits").click()
    await form.get_by_label("Most clicks of people").fill("5")
    await dashboard.looks_right("links-new")
    await form.get_by_role("button", name="New link").click()
    await expect(form.get_by_role("img", name=re.compile("QR code of http"))).to_be_visible()
    await expect(page).to_have_url(re.compile(r"/dashboard/links/\d+$"))
    await dashboard.looks_right("links-open")
    await page.keyboard.press("Escape")
    row = rows(page)
    await expect(row).to_have_count(1)
    await expect(row.locator("[data-row]")).to_have_text(HOSTILE)
    await expect(row.get_by_role("button", name="launch")).to_be_visible()
    assert await page.locator("main img[src=x]").count() == 0
    await dashboard.looks_right("links-one")


async def test_what_is_listed_is_in_the_address(dashboard: Dashboard) -> None:
    """Searched as one types, filtered, ordered by clicks; a pill takes a filter away, reload and back keep it."""
    for code, tags in (("dash-one", ["red"]), ("dash-two", ["red", "big"]), ("dash-three", [])):
        await dashboard.create_link(code, tags=tags, title=f"Title of {code}")
    await dashboard.follow("dash-two", times=3)
    await dashboard.follow("dash-one")

    async def are_counted() -> bool:
        async with dashboard.client() as client:
            answer = await client.post("/v1/stats:query", json={"reports": [{}]})
        counted: list[dict[str, list[str]]] = answer.json()["results"][0]["rows"]
        return [row["metrics"] for row in counted] == [["4"]]

    await eventually(are_counted)
    page = await dashboard.open("/links")
    names = page.locator("[data-row]")
    await expect(names).to_have_text([f"Title of dash-{each}" for each in ("three", "two", "one")])
    await page.get_by_label("Order", exact=True).select_option("clicks")
    await expect(names).to_have_text([f"Title of dash-{each}" for each in ("two", "one", "three")])
    await expect(rows(page).first.get_by_role("link", name="3 Clicks")).to_be_visible()
    await expect(rows(page).first.get_by_role("img", name=re.compile("Last 30 days"))).to_be_visible()
    await dashboard.looks_right("links-list")
    await page.get_by_role("button", name="Turn the order round").click()
    await expect(names).to_have_text([f"Title of dash-{each}" for each in ("three", "one", "two")])
    await page.keyboard.press("/")
    await page.keyboard.type("DASH-T")
    await expect(names).to_have_text([f"Title of dash-{each}" for each in ("three", "two")])
    await rows(page).last.get_by_role("button", name="red").click()
    await expect(names).to_have_text(["Title of dash-two"])
    await expect(page).to_have_url(re.compile(r"\?q=DASH-T&tag=red&order=clicks&reversed=yes$"))
    await page.reload()
    await expect(names).to_have_text(["Title of dash-two"])
    await expect(page.get_by_label("Search code, title or destination")).to_have_value("DASH-T")
    await page.get_by_role("button", name="Remove filter Search: DASH-T").click()
    await expect(names).to_have_text([f"Title of dash-{each}" for each in ("one", "two")])
    await page.get_by_label("State").select_option("disabled")
    await expect(page.get_by_role("heading", name="No link passes the filters")).to_be_visible()
    await page.get_by_role("button", name="Clear all").click()
    await expect(names).to_have_count(3)


async def test_the_list_goes_by_keyboard(dashboard: Dashboard) -> None:
    """J and k walk through it, Enter opens, Escape comes back; who types types."""
    for code in ("dash-key1", "dash-key2"):
        await dashboard.create_link(code)
    page = await dashboard.open("/links")
    await expect(rows(page)).to_have_count(2)
    for key, name in (("j", "dash-key2"), ("j", "dash-key1"), ("j", "dash-key1"), ("k", "dash-key2")):
        await page.keyboard.press(key)
        await expect(page.locator("[data-row]:focus")).to_contain_text(name)
    await page.keyboard.press("Enter")
    await expect(dialog(page).get_by_label("Title")).to_be_visible()
    await dialog(page).get_by_label("Title").press("n")
    await expect(dialog(page).get_by_label("Title")).to_have_value("n")
    await page.keyboard.press("Escape")
    await dialog(page).get_by_role("button", name="Throw away").click()
    await expect(dialog(page)).to_have_count(0)
    await expect(page).to_have_url(re.compile("/dashboard/links$"))


async def test_a_change_of_somebody_else_is_shown_and_not_written_over(dashboard: Dashboard) -> None:
    """Both versions stand side by side; what only they changed stays theirs."""
    link = await dashboard.create_link("dash-both", title="Before", note="ours")
    page = await dashboard.open(f"/links/{link['linkId']}")
    form = dialog(page)
    await form.get_by_label("Title").fill("Mine")
    async with dashboard.client() as client:
        await client.patch(f"/v1/links/{link['linkId']}", json={"title": "Theirs", "note": "theirs"})
    dashboard.tolerate("409")
    await form.get_by_role("button", name="Save").click()
    await expect(form.get_by_role("alert")).to_contain_text("Somebody changed this link")
    table = form.get_by_role("table")
    await expect(table.get_by_role("row", name="Title Mine Theirs")).to_be_visible()
    await expect(table.get_by_role("row", name="Note for yourself ours theirs")).to_be_visible()
    await dashboard.looks_right("links-conflict")
    await form.get_by_role("button", name="Save yours over it").click()
    await expect(dialog(page)).to_have_count(0)
    async with dashboard.client() as client:
        after = (await client.get(f"/v1/links/{link['linkId']}")).json()
    assert (after["title"], after["note"]) == ("Mine", "theirs")


async def test_what_is_refused_is_said_at_its_field(dashboard: Dashboard) -> None:
    """In the form, with all that was typed still there."""
    link = await dashboard.create_link("dash-wrong")
    page = await dashboard.open(f"/links/{link['linkId']}")
    form = dialog(page)
    await form.get_by_label("Destination").fill("javascript:alert(1)")
    await form.get_by_role("button", name="Save").click()
    await expect(form.get_by_label("Destination")).to_have_attribute("aria-invalid", "true")
    await expect(form.get_by_role("alert")).to_contain_text("http")
    await form.get_by_label("Destination").fill("https://example.com/other")
    await form.get_by_role("button", name="Save").click()
    await expect(dialog(page)).to_have_count(0)


async def test_a_qr_code_looks_as_chosen_and_is_downloaded(dashboard: Dashboard) -> None:
    """As lines or as pixels, with a logo in either; colours that cameras could not tell apart are refused."""
    link = await dashboard.create_link("dash-qr")
    page = await dashboard.open(f"/links/{link['linkId']}")
    panel = dialog(page).get_by_role("region", name="QR code")
    await panel.get_by_text("Look").click()
    await panel.get_by_label("Code").fill("#eeeeee")
    await expect(panel.get_by_role("alert")).to_contain_text("contrast of at least 3 to 1")
    await panel.get_by_label("Code").fill("#112233")
    await expect(panel.get_by_role("alert")).to_have_count(0)
    await panel.get_by_label("Logo").set_input_files({"name": "logo.gif", "mimeType": "image/gif", "buffer": _GIF})
    await expect(panel.get_by_label("May be covered or dirty")).to_have_value("high")
    await dashboard.looks_right("links-qr")
    for kind, beginning in (("SVG", b"<?xml"), ("PNG", b"\x89PNG")):
        async with page.expect_download() as started:
            await panel.get_by_role("button", name=kind).click()
        download = await started.value
        assert download.suggested_filename == f"dash-qr.{kind.lower()}"
        assert (await download.path()).read_bytes().startswith(beginning)


async def test_without_statistics_the_links_are_there(dashboard: Dashboard) -> None:
    """And can be opened; what is missing is said."""
    await dashboard.create_link("dash-alone")
    await dashboard.page.route("**/QueryStats", _unavailable)
    page = await dashboard.open("/links")
    await expect(rows(page)).to_have_count(1)
    await expect(page.get_by_text("The links themselves work")).to_be_visible()
    await dashboard.looks_right("links-without-statistics")


async def _unavailable(route: Route) -> None:
    await _fail(route, 14, "not just now")


async def _fail(route: Route, code: int, message: str) -> None:
    """Answer a call of gRPC-Web as a service does that refuses it."""
    headers = {"content-type": "application/grpc-web+proto", "grpc-status": str(code), "grpc-message": message}
    await route.fulfill(status=200, headers=headers, body=b"")
