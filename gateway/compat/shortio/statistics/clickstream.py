"""From our clicks to Short.io's clickstream."""

from google.protobuf.struct_pb2 import NULL_VALUE, Value

from gateway.compat.shortio import ids, moments
from gateway.compat.shortio.statistics.filters import NO_UTM_MEDIUM
from gateway.compat.shortio.statistics.parse import TimeZone
from linkmeter.analytics.v1 import clicks_pb2
from linkmeter.compat.shortio.v2 import statistics_pb2


def last_click(click: clicks_pb2.Click, time_zone: TimeZone) -> statistics_pb2.LastClick:
    """Return a click as the clickstream has it; local times where the time zone was named."""
    path = ids.path_of(click.code)
    time = moments.of_timestamp(click.time)
    return statistics_pb2.LastClick(
        host=click.domain,
        path=path,
        method=click.method,
        url=click.destination,
        dt=moments.write_local(time, time_zone.info) if time_zone.is_named else moments.write(time),
        st=click.http_status,
        ip=click.ip,
        proto=click.scheme,
        ref=click.referrer,
        ua=click.user_agent,
        human=not click.is_bot,
        browser=click.browser,
        browser_version=click.browser_version,
        country=click.country_name,
        city=click.city,
        social=click.social_network,
        refhost=click.referrer_host,
        os=click.os,
        utm_source=click.utm_source,
        utm_medium=click.utm_medium or NO_UTM_MEDIUM,
        utm_campaign=click.utm_campaign,
        goal_completed=Value(null_value=NULL_VALUE),
        ab_path=Value(string_value=click.variant) if click.variant else Value(null_value=NULL_VALUE),
        lcpath=path.lower(),
    )
