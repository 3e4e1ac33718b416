"""The methods of the contracts that the client calls, and which of them gRPC may repeat by itself.

It repeats a call that failed with UNAVAILABLE: the connection broke or a server was restarted, and nobody knows whether
the call arrived. So a method is repeatable when a second arrival does no harm and is answered as the first would have
been. Reads are, and so is creating a link, because an idempotency key always goes along. Updates are not, because a
repeat would be refused for its etag, nor deletions, because a repeat would find nothing, nor what makes another thing
each time.
"""

from typing import Any, Final

from google.api.httpbody_pb2 import HttpBody
from google.protobuf.empty_pb2 import Empty

from linkmeter.analytics.v1 import click_service_pb2 as clicks
from linkmeter.analytics.v1 import stats_service_pb2 as stats
from linkmeter.links.v1 import api_key_service_pb2 as api_keys
from linkmeter.links.v1 import domain_service_pb2 as domains
from linkmeter.links.v1 import import_service_pb2 as imports
from linkmeter.links.v1 import link_service_pb2 as links
from linkmeter.links.v1 import links_pb2 as nouns
from linkmeter.links.v1 import session_service_pb2 as sessions
from linkmeter.links.v1 import tag_service_pb2 as tags
from linkmeter.rpc import Method

_LINKS: Final = "linkmeter.links.v1.LinkService"
CREATE_LINK: Final = Method(_LINKS, "CreateLink", links.CreateLinkRequest, nouns.Link, repeatable=True)
FIND_OR_CREATE_LINK: Final = Method(
    _LINKS, "FindOrCreateLink", links.FindOrCreateLinkRequest, links.FindOrCreateLinkResponse
)
COPY_LINK: Final = Method(_LINKS, "CopyLink", links.CopyLinkRequest, nouns.Link)
GET_LINK: Final = Method(_LINKS, "GetLink", links.GetLinkRequest, nouns.Link, repeatable=True)
LOOKUP_LINK: Final = Method(_LINKS, "LookupLink", links.LookupLinkRequest, nouns.Link, repeatable=True)
BATCH_GET_LINKS: Final = Method(
    _LINKS, "BatchGetLinks", links.BatchGetLinksRequest, links.BatchGetLinksResponse, repeatable=True
)
CHECK_LINK_CODE: Final = Method(
    _LINKS, "CheckLinkCode", links.CheckLinkCodeRequest, links.CheckLinkCodeResponse, repeatable=True
)
GET_LINK_QR_CODE: Final = Method(_LINKS, "GetLinkQrCode", links.GetLinkQrCodeRequest, HttpBody, repeatable=True)
LIST_LINKS: Final = Method(_LINKS, "ListLinks", links.ListLinksRequest, links.ListLinksResponse, repeatable=True)
UPDATE_LINK: Final = Method(_LINKS, "UpdateLink", links.UpdateLinkRequest, nouns.Link)
BATCH_UPDATE_LINKS: Final = Method(
    _LINKS, "BatchUpdateLinks", links.BatchUpdateLinksRequest, links.BatchUpdateLinksResponse
)
DISABLE_LINK: Final = Method(_LINKS, "DisableLink", links.DisableLinkRequest, nouns.Link, repeatable=True)
ENABLE_LINK: Final = Method(_LINKS, "EnableLink", links.EnableLinkRequest, nouns.Link, repeatable=True)
CLAIM_LINK: Final = Method(_LINKS, "ClaimLink", links.ClaimLinkRequest, links.ClaimLinkResponse)
DELETE_LINK: Final = Method(_LINKS, "DeleteLink", links.DeleteLinkRequest, Empty)

_STATS: Final = "linkmeter.analytics.v1.StatsService"
QUERY_STATS: Final = Method(_STATS, "QueryStats", stats.QueryStatsRequest, stats.QueryStatsResponse, repeatable=True)
GET_LINK_STATS: Final = Method(
    _STATS, "GetLinkStats", stats.GetLinkStatsRequest, stats.GetLinkStatsResponse, repeatable=True
)
DELETE_STATS: Final = Method(_STATS, "DeleteStats", stats.DeleteStatsRequest, stats.DeleteStatsResponse)
GET_LEDGER: Final = Method(_STATS, "GetLedger", stats.GetLedgerRequest, stats.Ledger, repeatable=True)

_CLICKS: Final = "linkmeter.analytics.v1.ClickService"
LIST_CLICKS: Final = Method(_CLICKS, "ListClicks", clicks.ListClicksRequest, clicks.ListClicksResponse, repeatable=True)
WATCH_CLICKS: Final = Method(
    _CLICKS, "WatchClicks", clicks.WatchClicksRequest, clicks.WatchClicksResponse, streams=True
)

_API_KEYS: Final = "linkmeter.links.v1.ApiKeyService"
CREATE_API_KEY: Final = Method(_API_KEYS, "CreateApiKey", api_keys.CreateApiKeyRequest, nouns.ApiKey)
LIST_API_KEYS: Final = Method(
    _API_KEYS, "ListApiKeys", api_keys.ListApiKeysRequest, api_keys.ListApiKeysResponse, repeatable=True
)
DELETE_API_KEY: Final = Method(_API_KEYS, "DeleteApiKey", api_keys.DeleteApiKeyRequest, Empty)

_SESSIONS: Final = "linkmeter.links.v1.SessionService"
GET_CALLER: Final = Method(
    _SESSIONS, "GetCaller", sessions.GetCallerRequest, sessions.GetCallerResponse, repeatable=True
)

_DOMAINS: Final = "linkmeter.links.v1.DomainService"
# The same claim again answers the same domain.
CREATE_DOMAIN: Final = Method(_DOMAINS, "CreateDomain", domains.CreateDomainRequest, nouns.Domain, repeatable=True)
GET_DOMAIN: Final = Method(_DOMAINS, "GetDomain", domains.GetDomainRequest, nouns.Domain, repeatable=True)
LIST_DOMAINS: Final = Method(
    _DOMAINS, "ListDomains", domains.ListDomainsRequest, domains.ListDomainsResponse, repeatable=True
)
UPDATE_DOMAIN: Final = Method(_DOMAINS, "UpdateDomain", domains.UpdateDomainRequest, nouns.Domain)
VERIFY_DOMAIN: Final = Method(_DOMAINS, "VerifyDomain", domains.VerifyDomainRequest, nouns.Domain)
DELETE_DOMAIN: Final = Method(_DOMAINS, "DeleteDomain", domains.DeleteDomainRequest, Empty)

_TAGS: Final = "linkmeter.links.v1.TagService"
CREATE_TAG: Final = Method(_TAGS, "CreateTag", tags.CreateTagRequest, tags.Tag)
LIST_TAGS: Final = Method(_TAGS, "ListTags", tags.ListTagsRequest, tags.ListTagsResponse, repeatable=True)
UPDATE_TAG: Final = Method(_TAGS, "UpdateTag", tags.UpdateTagRequest, tags.Tag)
# Nothing is left to merge when it comes again, but then it answers that.
MERGE_TAGS: Final = Method(_TAGS, "MergeTags", tags.MergeTagsRequest, tags.MergeTagsResponse)
DELETE_TAG: Final = Method(_TAGS, "DeleteTag", tags.DeleteTagRequest, tags.DeleteTagResponse)

# Everything may be sent again: links are found again, and clicks are known by their sequence.
_IMPORTS: Final = "linkmeter.links.v1.ImportService"
CREATE_IMPORT: Final = Method(_IMPORTS, "CreateImport", imports.CreateImportRequest, imports.Import, repeatable=True)
GET_IMPORT: Final = Method(_IMPORTS, "GetImport", imports.GetImportRequest, imports.Import, repeatable=True)
LIST_IMPORTS: Final = Method(
    _IMPORTS, "ListImports", imports.ListImportsRequest, imports.ListImportsResponse, repeatable=True
)
IMPORT_LINKS: Final = Method(
    _IMPORTS, "ImportLinks", imports.ImportLinksRequest, imports.ImportLinksResponse, repeatable=True
)
IMPORT_CLICKS: Final = Method(
    _IMPORTS, "ImportClicks", imports.ImportClicksRequest, imports.ImportClicksResponse, repeatable=True
)
FINISH_IMPORT: Final = Method(_IMPORTS, "FinishImport", imports.FinishImportRequest, imports.Import, repeatable=True)
UNDO_IMPORT: Final = Method(
    _IMPORTS, "UndoImport", imports.UndoImportRequest, imports.UndoImportResponse, repeatable=True
)


def all_methods() -> list[Method[Any, Any]]:
    """Return every method above."""
    return [value for value in globals().values() if isinstance(value, Method)]
