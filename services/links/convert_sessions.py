"""Between the contract's messages about sessions and the domain."""

from __future__ import annotations  # enum value types are in the stubs only

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from linkmeter.links.v1 import session_service_pb2
from services.links.convert import timestamp
from services.links.domain.sessions import Session, SignInMethod

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
