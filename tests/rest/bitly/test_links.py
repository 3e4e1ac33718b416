"""Making, finding and changing links."""

import asyncio

import pytest

from tests.rest.bitly.conftest import Account, NewAccount, unique


async def test_shorten_keeps_the_address(account: Account) -> None:
    """A new link is new once; asked again, it is the same."""
    url = unique("a?b=c&d=%C3%A4#e")
    first = await account.data("shorten", longUrl=url)
    assert first["long_url"] == url
    assert first["new_hash"] == 1
    assert first["url"].endswith("/" + first["hash"])
    assert first["global_hash"] == first["hash"]
    again = await account.data("shorten", longUrl=url)
    assert again == {**first, "new_hash": 0}


async def test_shorten_is_each_accounts_own(account: Account, new_account: NewAccount) -> None:
    """Another account gets another link; the older one stands for both."""
    url = unique()
    first = await account.data("shorten", longUrl=url)
    second = await (await new_account()).data("shorten", longUrl=url)
    assert second["new_hash"] == 1
    assert second["hash"] != first["hash"]
    assert second["global_hash"] == first["hash"]


async def test_shorten_does_not_answer_links_with_a_password_or_an_end(account: Account) -> None:
    """Whoever shortens an address wants a link that simply leads there."""
    url = unique()
    protected = await account.new_link(url, password="secret")
    limited = await account.new_link(url, max_clicks=5)
    made = await account.data("shorten", longUrl=url)
    assert made["hash"] not in {protected.code, limited.code}


async def test_equal_calls_at_once_make_one_link(account: Account) -> None:
    """One of them made it."""
    url = unique()
    made = await asyncio.gather(*(account.data("shorten", longUrl=url) for _ in range(8)))
    assert len({answer["hash"] for answer in made}) == 1
    assert sorted(answer["new_hash"] for answer in made) == [0, 0, 0, 0, 0, 0, 0, 1]
    saved = await asyncio.gather(*(account.get("user/link_save", longUrl=f"{url}/saved") for _ in range(8)))
    assert len({answer.json()["data"]["link_save"]["link"] for answer in saved}) == 1
    assert sorted(answer.json()["status_code"] for answer in saved) == [200, *[304] * 7]


@pytest.mark.parametrize("domain", ["bit.ly", "j.mp", "bitly.com", ""])
async def test_domains_of_bitly_are_the_installations(account: Account, domain: str) -> None:
    """node-bitly asks for bit.ly whatever it does."""
    made = await account.data("shorten", longUrl=unique(), domain=domain)
    assert made["url"].startswith(account.system.base_url)


async def test_own_domains_can_be_asked_for(account: Account) -> None:
    """Links of a domain of one's own are found by hash, too."""
    host = await account.new_domain()
    made = await account.data("shorten", longUrl=unique(), domain=host)
    assert made["url"] == f"http://{host}/{made['hash']}"
    expanded = await account.data("expand", hash=made["hash"])
    assert expanded["expand"][0]["long_url"] == made["long_url"]


async def test_shorten_for_somebody_else(account: Account, new_account: NewAccount) -> None:
    """x_login and x_apiKey name whose link it shall be."""
    other = await new_account()
    made = await account.data("shorten", longUrl=unique(), x_login=other.owner.login, x_apiKey=other.token)
    assert await other.data("link/clicks", link=made["url"])
    assert await account.refused("link/clicks", link=made["url"]) == (500, "INVALID_ARG_LINK")


async def test_expand_answers_each_as_it_was_asked(account: Account) -> None:
    """Short URLs and hashes; what is not there is an item with an error."""
    link = await account.new_link(unique())
    data = await account.data("expand", shortUrl=link.short_url, hash=[link.code, "test1_random_fjslfj"])
    hashes = {"user_hash": link.code, "global_hash": link.code, "long_url": link.destination}
    assert data == {
        "expand": [
            {"short_url": link.short_url, **hashes},
            {"hash": link.code, **hashes},
            {"hash": "test1_random_fjslfj", "error": "NOT_FOUND"},
        ]
    }


async def test_expand_shows_links_that_everybody_may_follow(account: Account, new_account: NewAccount) -> None:
    """Of somebody else's links those with a password, a limit or an end that has come are not there."""
    other = await new_account()
    shown = await other.new_link(unique())
    hidden = [
        await other.new_link(unique(), password="secret"),
        await other.new_link(unique(), max_clicks=1),
    ]
    data = await account.data("expand", hash=[link.code for link in (shown, *hidden)])
    assert [item.get("error") for item in data["expand"]] == [None, "NOT_FOUND", "NOT_FOUND"]
    theirs = await other.data("expand", hash=[link.code for link in (shown, *hidden)])
    assert [item.get("error") for item in theirs["expand"]] == [None, None, None]


async def test_info_names_who_made_a_link(account: Account, new_account: NewAccount) -> None:
    """created_by is a login, or with expand_user an object; of a private link it is nobody."""
    other = await new_account()
    link = await other.new_link(unique(), title="A page")
    private = await other.new_link(unique(), private_stats=True)
    first, second = (await account.data("info", hash=[link.code, private.code]))["info"]
    assert (first["created_by"], first["title"]) == (other.owner.login, "A page")
    assert first["created_at"] == link.create_time.seconds
    assert (second["created_by"], second["created_at"]) == (None, None)
    expanded = (await account.data("info", hash=link.code, expand_user="true"))["info"][0]
    assert expanded["created_by"]["display_name"] == other.owner.display_name
    own = (await other.data("info", hash=private.code))["info"][0]
    assert own["created_by"] == other.owner.login


async def test_lookups_by_destination(account: Account, new_account: NewAccount) -> None:
    """Lookup and link/lookup find the aggregate link, link/lookup and user/link_lookup one's own."""
    url, nowhere = unique("x,y"), unique()
    theirs = await (await new_account()).new_link(url)
    assert (await account.data("lookup", url=[url, nowhere]))["lookup"] == [
        {"url": url, "short_url": theirs.short_url, "global_hash": theirs.code},
        {"url": nowhere, "error": "NOT_FOUND"},
    ]
    found = {"url": url, "aggregate_link": theirs.short_url}
    assert (await account.data("link/lookup", url=url))["link_lookup"] == [found]
    assert (await account.data("user/link_lookup", url=url))["link_lookup"] == [{"url": url, "error": "NOT_FOUND"}]
    mine = await account.new_link(url)
    assert (await account.data("link/lookup", url=url))["link_lookup"] == [{**found, "link": mine.short_url}]
    assert (await account.data("user/link_lookup", url=url))["link_lookup"] == [{**found, "link": mine.short_url}]
    assert (await account.data("lookup", url="not an address"))["lookup"][0]["error"] == "NOT_FOUND"


async def test_private_links_are_nobodys_business(account: Account, new_account: NewAccount) -> None:
    """They are neither encoders nor aggregate links."""
    url = unique()
    private = await (await new_account()).new_link(url, private_stats=True)
    assert (await account.data("lookup", url=url))["lookup"] == [{"url": url, "error": "NOT_FOUND"}]
    mine = await account.new_link(url)
    data = await account.data("link/encoders", link=mine.short_url)
    assert data["aggregate_link"] == mine.short_url
    assert private.short_url not in str(data)


async def test_encoders_of_the_network(account: Account, new_account: NewAccount, new_workspace: int) -> None:
    """my_network=true are the people of the same group; expand_user adds their names."""
    url = unique()
    colleague, friend = await new_account(workspace_id=new_workspace), await new_account(workspace_id=new_workspace)
    for somebody in (account, colleague, friend):
        await somebody.new_link(url)
    link = (await colleague.new_link(unique(), code="")).short_url
    link = (await colleague.data("shorten", longUrl=url))["url"]
    everybody = await colleague.data("link/encoders", link=link)
    assert {entry["user"] for entry in everybody["entries"]} == {
        somebody.owner.login for somebody in (account, colleague, friend)
    }
    network = await colleague.data("link/encoders", link=link, my_network="true", expand_user="true")
    assert {entry["user"] for entry in network["entries"]} == {colleague.owner.login, friend.owner.login}
    assert all(entry["display_name"] for entry in network["entries"])
    count = await colleague.data("link/encoders_count", link=link)
    assert (count["count"], count["aggregate_link"]) == (3, everybody["aggregate_link"])


async def test_an_account_without_group_is_its_own_network(account: Account, new_account: NewAccount) -> None:
    """It does not see everybody instead."""
    url = unique()
    await (await new_account()).new_link(url)
    mine = await account.new_link(url)
    data = await account.data("link/encoders", link=mine.short_url, my_network="true")
    assert [entry["user"] for entry in data["entries"]] == [account.owner.login]


async def test_link_save_says_when_there_is_one(account: Account) -> None:
    """The first time 200, then 304 with the same link."""
    url = unique()
    asked = {"longUrl": url, "title": "Title <b>", "note": "Note", "private": "True"}
    first = (await account.data("user/link_save", **asked))["link_save"]
    assert (first["long_url"], first["new_link"]) == (url, 1)
    answer = await account.get("user/link_save", **asked)
    assert answer.status_code == 200
    body = answer.json()
    assert (body["status_code"], body["status_txt"]) == (304, "LINK_ALREADY_EXISTS")
    assert body["data"]["link_save"] == {**first, "new_link": 0}
    assert await account.refused("user/link_save") == (500, "MISSING_ARG_LONGURL")


async def test_link_edit_changes_what_is_named(account: Account) -> None:
    """Only the fields in edit, joined by commas."""
    link = await account.new_link(unique(), title="Old", note="Old")
    edit = {"link": link.short_url, "title": "New", "note": "New", "private": "true", "archived": "true"}
    assert await account.data("user/link_edit", **edit, edit="title,private,user_ts") == {
        "link_edit": {"link": link.short_url}
    }
    entry = (await account.data("user/link_history", link=link.short_url))["link_history"][0]
    assert (entry["title"], entry["note"], entry["private"], entry["archived"]) == ("New", "Old", True, False)
    assert await account.refused("user/link_edit", **edit) == (500, "MISSING_ARG_EDIT")
    assert await account.refused("user/link_edit", **edit, edit="owner") == (500, "INVALID_ARG_EDIT")


async def test_link_history_is_newest_first(account: Account) -> None:
    """With paging, and archived links only on request."""
    links = [await account.new_link(unique(), title=f"Page {number}") for number in range(4)]
    await account.data("user/link_edit", link=links[1].short_url, edit="archived", archived="true")
    await account.data("user/link_edit", link=links[2].short_url, edit="private", private="true")

    async def titles(**parameters: str) -> tuple[list[str], int]:
        data = await account.data("user/link_history", **parameters)
        return [entry["title"][-1] for entry in data["link_history"]], data["result_count"]

    assert await titles() == (["3", "2", "0"], 3)
    assert await titles(archived="both") == (["3", "2", "1", "0"], 4)
    assert await titles(archived="on") == (["1"], 1)
    assert await titles(private="on") == (["2"], 1)
    assert await titles(private="off", archived="both") == (["3", "1", "0"], 3)
    assert await titles(limit="1", offset="1") == (["2"], 3)
    assert await titles(query="Page 3") == (["3"], 1)
    assert await titles(created_before="1000000000") == ([], 0)
    assert await titles(created_after="1000000000", limit="2") == (["3", "2"], 3)
    assert await account.refused("user/link_history", limit="101") == (500, "INVALID_ARG_LIMIT")


async def test_link_info_tells_what_is_known(account: Account) -> None:
    """Nothing is fetched for it."""
    link = await account.new_link("https://www.example.com/a", title="A page")
    data = await account.data("link/info", link=link.short_url)
    assert (data["canonical_url"], data["domain"], data["html_title"]) == (
        "https://www.example.com/a",
        "www.example.com",
        "A page",
    )
