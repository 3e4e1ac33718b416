"""What links counts."""

from typing import Final

from prometheus_client import Counter, Gauge

LINKS_CREATED: Final = Counter("linkmeter_links_created_total", "Links that were created.")
PASSWORD_GUESSES: Final = Counter(
    "linkmeter_links_password_guesses_total", "Guesses of link passwords, by outcome.", ["outcome"]
)
OWNER_PASSWORD_GUESSES: Final = Counter(
    "linkmeter_links_owner_password_guesses_total", "Guesses of account passwords, by outcome.", ["outcome"]
)
PUBLICATIONS: Final = Counter(
    "linkmeter_links_publications_total", "Attempts to tell Redis about a link, by outcome.", ["outcome"]
)
PUBLICATIONS_PENDING: Final = Gauge(
    "linkmeter_links_publications_pending", "Links that Redis has not been told about yet."
)
CONSUMED: Final = Counter(
    "linkmeter_links_consumed_total", "Follows of links with max_clicks, by outcome.", ["outcome"]
)
SIGN_INS: Final = Counter(
    "linkmeter_links_sign_ins_total", "Attempts to sign in, by way and outcome.", ["method", "outcome"]
)
