#!/bin/bash
# Speaks with the admin interface of the Envoy in this container, with nothing but bash.
#   leave SECONDS   let go of clients: fail health checks, end connections after their next answer, wait
#   leave check     say whether Envoy serves
set -eu

ask() {
    exec 3<>"/dev/tcp/127.0.0.1/${LINKMETER_ENVOY_ADMIN_PORT:-9901}"
    printf '%s %s HTTP/1.1\r\nhost: admin\r\ncontent-length: 0\r\nconnection: close\r\n\r\n' "$1" "$2" >&3
    read -r -t 3 _ status _ <&3
    exec 3>&-
    [ "$status" = 200 ]
}

case "${1:-}" in
    check)
        ask GET /ready
        ;;
    *)
        ask POST /healthcheck/fail
        sleep "$1"
        ;;
esac
