"""What clients really send."""

import pytest

from tests.rest.bitly.conftest import Account, unique


async def test_parameters_that_a_call_does_not_know(account: Account) -> None:
    """node-bitly adds domain and format to every call; libsaas sends neither."""
    link = await account.new_link(unique())
    data = await account.data("expand", shortUrl=link.short_url, domain="bit.ly", format="json", nonsense="1")
    assert data["expand"][0]["long_url"] == link.destination


async def test_repeated_keys(account: Account) -> None:
    """node-bitly repeats shortUrl and hash; of a parameter that is one value the last counts."""
    first, second = await account.new_link(unique()), await account.new_link(unique())
    answer = await account.client.get(
        f"/v3/expand?access_token=wrong&shortUrl={first.short_url}&shortUrl={second.short_url}"
        f"&format=xml&format=json&access_token={account.token}"
    )
    assert [item["long_url"] for item in answer.json()["data"]["expand"]] == [first.destination, second.destination]


async def test_comma_lists(account: Account) -> None:
    """Hpatoio joins arrays by commas."""
    first, second = await account.new_link(unique()), await account.new_link(unique())
    data = await account.data("expand", hash=f"{first.code},{second.code}")
    assert [item["hash"] for item in data["expand"]] == [first.code, second.code]
    urls = f"{first.destination},{second.destination}"
    found = (await account.data("link/lookup", url=urls))["link_lookup"]
    assert [item["link"] for item in found] == [first.short_url, second.short_url]


async def test_hash_in_place_of_the_short_url(account: Account) -> None:
    """BitlyPHP sends the last part of the path as hash; others send the whole address there."""
    link = await account.new_link(unique())
    for name in (link.code, link.short_url):
        data = await account.data("expand", hash=name)
        assert data["expand"][0]["user_hash"] == link.code


async def test_uri_in_place_of_long_url(account: Account) -> None:
    """bitly_api and pyshorteners send uri."""
    url = unique()
    assert (await account.data("shorten", uri=url))["long_url"] == url


async def test_a_leading_ampersand_and_empty_values(account: Account) -> None:
    """A query that was put together carelessly."""
    link = await account.new_link()
    answer = await account.client.get(
        f"/v3/link/clicks?&access_token={account.token}&link={link.short_url}&unit=&units=&rollup=&limit=&timezone=&"
    )
    assert answer.json()["data"]["link_clicks"] == 0


@pytest.mark.parametrize("in_query", [True, False])
async def test_forms_are_taken(account: Account, in_query: bool) -> None:
    """Some clients post; parameters may be in the form, the query, or both."""
    url = unique("a?b=1&c=2")
    token = {"access_token": account.token}
    answer = await account.client.post(
        "/v3/shorten",
        params=token if in_query else {},
        data={"longUrl": url, "format": "json", **({} if in_query else token)},
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["data"]["long_url"] == url
    found = await account.client.post(
        "/v3/user/link_history", data={**token, "limit": "1"}, headers={"accept": "text/html"}
    )
    assert found.json()["data"]["link_history"][0]["long_url"] == url


async def test_an_empty_post(account: Account) -> None:
    """All parameters in the query, and no body."""
    answer = await account.client.post("/v3/user/info", params={"access_token": account.token})
    assert answer.json()["data"]["login"] == account.owner.login


async def test_posted_lists(account: Account) -> None:
    """Repeated fields of a form are a list."""
    links = [await account.new_link(unique()) for _ in range(2)]
    answer = await account.client.post(
        "/v3/expand", data={"access_token": account.token, "hash": [link.code for link in links]}
    )
    assert [item["hash"] for item in answer.json()["data"]["expand"]] == [link.code for link in links]


async def test_a_trailing_slash(account: Account) -> None:
    """The same call."""
    answer = await account.client.get("/v3/user/info/", params={"access_token": account.token})
    assert answer.json()["status_code"] == 200


async def test_short_urls_as_people_write_them(account: Account) -> None:
    """Without scheme, with https, with a plus sign at the end, in capitals."""
    link = await account.new_link()
    host = account.system.base_url.removeprefix("http://")
    for text in (f"{host}/{link.code}", f"https://{host}/{link.code}", f"http://{host.upper()}/{link.code}+"):
        assert (await account.data("link/clicks", link=text))["link_clicks"] == 0


@pytest.mark.parametrize("name", ["hash[]", "hash%5B%5D", "hash[0]"])
async def test_lists_as_php_writes_them(account: Account, name: str) -> None:
    """hash[]=a&hash[]=b and hash[0]=a are lists, in a query as in a form."""
    first, second = await account.new_link(unique()), await account.new_link(unique())
    query = f"access_token={account.token}&{name}={first.code}&{name.replace('0', '1')}={second.code}"
    answers = [
        await account.client.get(f"/v3/expand?{query}"),
        await account.client.post(
            "/v3/expand", content=query, headers={"content-type": "application/x-www-form-urlencoded"}
        ),
        await account.client.post(f"/v3/expand?{query}"),
    ]
    for answer in answers:
        assert [item["hash"] for item in answer.json()["data"]["expand"]] == [first.code, second.code]


async def test_short_urls_as_php_writes_lists(account: Account) -> None:
    """The same for shortUrl, and for url of lookups."""
    first, second = await account.new_link(unique()), await account.new_link(unique())
    names = f"shortUrl[]={first.short_url}&shortUrl[]={second.short_url}"
    answer = await account.client.get(f"/v3/info?access_token={account.token}&{names}")
    assert [item["short_url"] for item in answer.json()["data"]["info"]] == [first.short_url, second.short_url]
    names = f"url[]={first.destination}&url[]={second.destination}"
    answer = await account.client.get(f"/v3/user/link_lookup?access_token={account.token}&{names}")
    assert [item["link"] for item in answer.json()["data"]["link_lookup"]] == [first.short_url, second.short_url]


async def test_forms_of_every_kind(account: Account) -> None:
    """Urlencoded, multipart, or an object in JSON: it is the same call."""
    url = unique()
    parameters = {"access_token": account.token, "longUrl": url}
    multipart = {name: (None, value) for name, value in parameters.items()}
    for form in ({"data": parameters}, {"files": multipart}, {"json": parameters}):
        answer = (await account.client.post("/v3/shorten", **form)).json()
        assert (answer["status_code"], answer["data"]["long_url"]) == (200, url)
    codes = ["absent-1", "absent-2"]
    answer = (await account.client.post("/v3/expand", json={"access_token": account.token, "hash": codes})).json()
    assert [item["hash"] for item in answer["data"]["expand"]] == codes


@pytest.mark.parametrize("body", ["[]", "{", "1", '{"longUrl": {}}', '{"longUrl": "\\ud800"}', "[" * 100_000])
async def test_json_that_is_no_object_of_parameters(account: Account, body: str) -> None:
    """With status_code and status_txt, as all failures."""
    answer = await account.client.post(
        f"/v3/shorten?access_token={account.token}", content=body, headers={"content-type": "application/json"}
    )
    assert answer.status_code == 200
    assert answer.json()["status_txt"] in {"INVALID_ARG_REQUEST", "INVALID_ARG_LONGURL"}


async def test_what_is_not_utf8_is_refused(account: Account) -> None:
    """Never another link than was asked for, however it is sent."""
    before = (await account.data("user/link_history"))["result_count"]
    escaped = f"access_token={account.token}&longUrl=http%3A%2F%2Fe.example%2Fcaf%E9"
    raw = f"access_token={account.token}&longUrl=http://e.example/caf".encode() + b"\xe9"
    urlencoded = {"content-type": "application/x-www-form-urlencoded"}
    answers = [
        await account.client.get(f"/v3/shorten?{escaped}"),
        await account.client.post(f"/v3/shorten?{escaped}"),
        await account.client.post("/v3/shorten", content=escaped, headers=urlencoded),
        await account.client.post("/v3/shorten", content=raw, headers=urlencoded),
        await account.client.post(
            f"/v3/shorten?access_token={account.token}", files={"longUrl": (None, b"http://e.example/caf\xe9")}
        ),
    ]
    for answer in answers:
        body = answer.json()
        assert (body["data"], body["status_code"]) == (None, 500)
        assert body["status_txt"] in {"INVALID_ARG_REQUEST", "INVALID_ARG_LONGURL"}
    assert (await account.data("user/link_history"))["result_count"] == before


async def test_user_ts_in_milliseconds(account: Account) -> None:
    """As JavaScript's clocks have it; taken and not kept, like seconds."""
    for moment in ("1360351157", "1360351157000"):
        saved = await account.data("user/link_save", longUrl=unique(), user_ts=moment)
        assert saved["link_save"]["new_link"] == 1
    assert await account.refused("user/link_save", longUrl=unique(), user_ts="soon") == (500, "INVALID_ARG_USER_TS")
