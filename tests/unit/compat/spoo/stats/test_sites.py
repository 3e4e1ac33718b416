"""The sites that hosts belong to."""

import pytest

from gateway.compat.spoo.stats.sites import site_of


@pytest.mark.parametrize(
    ("host", "site"),
    [
        ("www.example.co.uk", "example.co.uk"),
        ("l.facebook.com", "facebook.com"),
        ("com.facebook.katana", "com.facebook.katana"),
        ("com.google.android.gm", "com.google.android.gm"),
        ("org.telegram.plus", "org.telegram.plus"),
        ("jp.naver.line.android", "jp.naver.line.android"),
        ("intranet", "intranet"),
        ("192.0.2.1", "192.0.2.1"),
        ("", ""),
    ],
)
def test_a_site_is_what_somebody_registered_and_an_application_is_whole(host: str, site: str) -> None:
    assert site_of(host) == site
