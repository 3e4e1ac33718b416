"""What the documentation shows as request bodies."""

from typing import Any, Final

from gateway.openapi.contract import Operation

# By full name of the method. A test checks that each is a valid body.
_BODIES: Final[dict[str, Any]] = {
    "linkmeter.links.v1.LinkService.CreateLink": {
        "destination": "https://example.com/a/long/page",
        "title": "An example",
        "tags": ["docs"],
    },
    "linkmeter.links.v1.LinkService.UpdateLink": {"title": "A better title"},
    "linkmeter.links.v1.LinkService.BatchGetLinks": {"linkIds": ["1", "2"]},
    "linkmeter.links.v1.LinkService.BatchUpdateLinks": {
        "linkIds": ["1", "2"],
        "addTags": ["launch"],
        "archived": False,
    },
    "linkmeter.links.v1.LinkService.GetLinkQrCode": {"format": "QR_FORMAT_SVG", "darkColor": "#1a237e"},
    "linkmeter.links.v1.TagService.CreateTag": {"name": "launch", "color": "violet", "icon": "rocket"},
    "linkmeter.links.v1.TagService.UpdateTag": {"name": "launch-2026"},
    "linkmeter.links.v1.TagService.MergeTags": {"names": ["launch-2025", "Launch"], "into": "launch"},
    "linkmeter.links.v1.ApiKeyService.CreateApiKey": {"title": "Reports", "scopes": ["links:read", "stats:read"]},
    "linkmeter.links.v1.SessionService.ChangePassword": {
        "oldPassword": "correct horse",
        "newPassword": "battery staple",
    },
    "linkmeter.links.v1.ShareService.CreateShare": {"title": "For the client", "password": "correct horse"},
    "linkmeter.links.v1.DomainService.CreateDomain": {"host": "go.example.com"},
    "linkmeter.links.v1.DomainService.UpdateDomain": {"publicUrl": "https://go.example.com"},
    "linkmeter.links.v1.ImportService.CreateImport": {"origin": "yourls", "originIdentity": "https://old.example.com"},
    "linkmeter.links.v1.ImportService.ImportLinks": {
        "links": [
            {
                "link": {"code": "a", "destination": "https://example.com/a/long/page"},
                "createTime": "2016-01-10T08:00:00Z",
            }
        ]
    },
    "linkmeter.links.v1.ImportService.ImportClicks": {
        "clicks": [{"sequence": "1", "time": "2016-01-10T09:30:00Z", "code": "a", "country": "AT"}]
    },
    "linkmeter.analytics.v1.StatsService.QueryStats": {
        "interval": {"startTime": "2026-03-01T00:00:00Z", "endTime": "2026-04-01T00:00:00Z"},
        "timeZone": "Europe/Vienna",
        "reports": [{"bucket": "BUCKET_DAY"}, {"dimensions": ["DIMENSION_COUNTRY"], "limit": 10}],
    },
    "linkmeter.compat.shtr.v1.ShtrService.Shorten": {"url": "https://example.com/very-long-url"},
    "linkmeter.compat.shtr.v1.ShtrService.VerifyPassword": {"code": "my-link", "password": "secret123"},
}


def example_body(operation: Operation) -> Any | None:
    """Return an example of the operation's body, without what its path holds already; None when there is none."""
    body = _BODIES.get(operation.method.full_name)
    if operation.method.name == "VerifyPassword" and operation.path_fields:
        return {"password": body["password"]} if body else None
    return body
