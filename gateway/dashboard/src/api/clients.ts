// One client for each service of the public contract that the page calls. The same calls are open to every program.
import { createClient } from "@connectrpc/connect";
import { ClickService } from "@proto/linkmeter/analytics/v1/click_service_pb";
import { StatsService } from "@proto/linkmeter/analytics/v1/stats_service_pb";
import { ApiKeyService } from "@proto/linkmeter/links/v1/api_key_service_pb";
import { DomainService } from "@proto/linkmeter/links/v1/domain_service_pb";
import { ImportService } from "@proto/linkmeter/links/v1/import_service_pb";
import { LinkService } from "@proto/linkmeter/links/v1/link_service_pb";
import { SessionService } from "@proto/linkmeter/links/v1/session_service_pb";
import { ShareService } from "@proto/linkmeter/links/v1/share_service_pb";
import { TagService } from "@proto/linkmeter/links/v1/tag_service_pb";
import { transport } from "./transport";

export const links = createClient(LinkService, transport);
export const tags = createClient(TagService, transport);
export const domains = createClient(DomainService, transport);
export const apiKeys = createClient(ApiKeyService, transport);
export const imports = createClient(ImportService, transport);
export const sessions = createClient(SessionService, transport);
export const shares = createClient(ShareService, transport);
export const stats = createClient(StatsService, transport);
export const clicks = createClient(ClickService, transport);
