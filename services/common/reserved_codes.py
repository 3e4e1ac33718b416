"""Codes that no new link may have."""

from typing import Final

# First path segments that the gateway serves itself.
SERVED: Final = frozenset(
    [
        *("api", "v1", "v3", "statistics", "links", "domains", "oauth", "auth", "stats", "export", "emoji", "metric"),
        *("result", "health", "healthz", "readyz", "docs", "openapi", "dashboard", "static", "assets", ".well-known"),
        *("robots.txt", "favicon.ico", "link_country", "link_region"),
    ]
)
# What pages and APIs to come are likely to be called; words that people would rather give to a link are left to them.
# A link that has such a code from earlier goes on working until the gateway serves something else there.
_KEPT: Final = frozenset(
    [
        # Accounts and what they see.
        *("login", "logout", "log-in", "log-out", "signin", "signout", "signup", "sign-in", "sign-out", "sign-up"),
        *("register", "registration", "invite", "invites", "invitation", "account", "accounts", "user", "users"),
        *("profile", "password", "reset-password", "forgot-password", "verify", "verification", "confirm"),
        *("session", "sessions", "sso", "saml", "scim", "oidc", "oauth2", "token", "tokens", "authorize"),
        *("callback", "admin", "administrator", "root", "console", "app", "apps", "settings", "preferences"),
        *("setup", "install", "onboarding", "team", "teams", "workspace", "workspaces", "organization"),
        *("organizations", "org", "orgs", "member", "members", "notification", "notifications", "search"),
        *("billing", "subscribe", "unsubscribe"),
        # Links and what belongs to them.
        *("link", "url", "urls", "create", "delete", "bulk", "import", "imports", "exports", "shorten", "expand"),
        *("lookup", "resolve", "redirect", "preview", "previews", "unlock", "qrcode"),
        *("qr-code", "tag", "tags", "folder", "folders", "campaign", "campaigns", "collection", "collections"),
        *("archive", "trash", "alias", "pixel", "pixels", "rules", "domain"),
        # Figures.
        *("analytics", "report", "reports", "reporting", "track", "tracking", "tracker", "click", "clicks"),
        *("event", "events", "collect", "beacon", "metrics", "ledger", "insights"),
        # APIs and machines.
        *("rest", "graphql", "grpc", "rpc", "mcp", "websocket", "webhook", "webhooks", "hook", "hooks", "v0", "v2"),
        *("v4", "v5", "v6", "apikeys", "api-keys", "keys", "swagger", "redoc", "openapi.json"),
        *("openapi.yaml", "schema", "sdk", "cli", "integrations", "integration", "extension", "bookmarklet"),
        *("embed", "oembed", "widget", "internal", "ping", "status", "livez", "alive", "version", "actuator"),
        *("envoy", "upload", "uploads", "download", "downloads", "css", "cdn", "img", "js", "manifest.json"),
        *("sitemap.xml", "sitemap", "security.txt", "ads.txt", "humans.txt", "apple-touch-icon.png"),
        *("apple-app-site-association", "favicon", "robots", "rss", "atom", "service-worker.js", "sw.js"),
        # Words to people.
        *("help", "support", "faq", "contact", "contact-us", "about", "about-us", "imprint", "impressum", "legal"),
        *("privacy", "privacy-policy", "datenschutz", "terms", "terms-of-service", "tos", "cookies", "cookie"),
        *("gdpr", "dmca", "copyright", "license", "licence", "licenses", "abuse", "report-abuse", "spam"),
        *("phishing", "security", "changelog", "developers", "developer", "documentation", "error", "errors"),
        *("404", "500", "maintenance", "offline", "null", "undefined"),
    ]
)
RESERVED: Final = SERVED | _KEPT


def is_reserved(code: str) -> bool:
    """Return whether a code is kept for the gateway, in any letter case."""
    return code.lower() in RESERVED
