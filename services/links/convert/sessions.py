"""Between the contract's messages about sessions and shares and the domain."""

from __future__ import annotations  # enum value types are in the stubs only

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from linkmeter.links.v1 import session_service_pb2, share_service_pb2
from services.links.convert.times import time_of, timestamp
from services.links.domain.link import Link
from services.links.domain.sessions import Session, SignInMethod
from services.links.domain.shares import Share, ShareDraft

_METHODS: Final[Mapping[SignInMethod, session_service_pb2.SignInMethod.ValueType]] = {
    SignInMethod.PASSWORD: session_service_pb2.SIGN_IN_METHOD_PASSWORD,
    SignInMethod.API_KEY: session_service_pb2.SIGN_IN_METHOD_API_KEY,
    SignInMethod.ONE_TIME: session_service_pb2.SIGN_IN_METHOD_ONE_TIME,
    SignInMethod.OIDC: session_service_pb2.SIGN_IN_METHOD_OIDC,
}


def session_message(session: Session, end: datetime, *, is_current: bool) -> session_service_pb2.Session:
    """Write a session that ends at a moment, unless it is used before."""
    return session_service_pb2.Session(
        session_id=session.session_id,
        method=_METHODS[session.method],
        create_time=timestamp(session.create_time),
        last_use_time=timestamp(session.last_use_time),
        expire_time=timestamp(end),
        user_agent=session.user_agent,
        network=session.network,
        current=is_current,
    )


def share_draft(message: share_service_pb2.Share, link_id: int) -> ShareDraft:
    """Read a share to be created."""
    return ShareDraft(
        link_id=link_id,
        title=message.title,
        password=message.password,
        expire_time=time_of(message, "expire_time", "share.expire_time"),
    )


def share_message(share: Share, url: str) -> share_service_pb2.Share:
    """Write a share with its address, without its password."""
    return share_service_pb2.Share(
        share_id=share.share_id,
        link_id=share.link_id,
        title=share.title,
        has_password=share.password is not None,
        expire_time=timestamp(share.expire_time),
        create_time=timestamp(share.create_time),
        url=url,
    )


def shared_link_message(link: Link) -> share_service_pb2.SharedLink:
    """Write what those see of a link who may see its statistics: never where it leads."""
    return share_service_pb2.SharedLink(
        link_id=link.link_id,
        short_url=link.short_url,
        title=link.fields.title,
        create_time=timestamp(link.create_time),
    )
