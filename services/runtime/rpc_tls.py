"""Certificates as gRPC takes them."""

import grpc

from services.runtime.tls import Credentials, TlsFiles, Watched


def server_credentials(files: TlsFiles) -> grpc.ServerCredentials:
    """Make credentials of a server that asks for certificates and looks for new ones of its own at each connection."""
    watched = Watched(files)

    def renewed() -> grpc.ServerCertificateConfiguration | None:
        fresh = watched.renewed()
        return None if fresh is None else _configuration(fresh)

    return grpc.dynamic_ssl_server_credentials(
        _configuration(watched.current),
        renewed,  # type: ignore[arg-type] # None stands for no change, which the types do not know
        require_client_authentication=True,
    )


def channel_credentials(credentials: Credentials) -> grpc.ChannelCredentials:
    """Make credentials of a client."""
    return grpc.ssl_channel_credentials(
        root_certificates=credentials.authority,
        private_key=credentials.key,
        certificate_chain=credentials.certificate,
    )


def _configuration(credentials: Credentials) -> grpc.ServerCertificateConfiguration:
    pair = (credentials.key, credentials.certificate)
    return grpc.ssl_server_certificate_configuration([pair], root_certificates=credentials.authority)
