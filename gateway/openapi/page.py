"""The documentation page."""

CONTENT_SECURITY_POLICY = "default-src 'none'"
