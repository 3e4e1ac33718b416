#!/bin/bash
# Speaks with the admin interface of the Envoy in this container, with nothing but bash.
#   leave LEAST MOST  let go of clients: fail health checks, end connections with their next answer, and wait: so many
#                     seconds in any case, for those who still send new clients here, and then until no connection is
#                     left or so many seconds are over. Whoever keeps one and says nothing would else find it closed in
#                     the moment in which they ask; Envoy ends it by itself when it was idle for long.
#   leave check       say whether Envoy serves
set -eu

ask() {
    exec 3<>"/dev/tcp/127.0.0.1/${LINKMETER_ENVOY_ADMIN_PORT:-9901}"
    printf '%s %s HTTP/1.1\r\nhost: admin\r\ncontent-length: 0\r\nconnection: close\r\n\r\n' "$1" "$2" >&3
    read -r -t 3 _ status _ <&3
    lines=()
    while read -r -t 3 line <&3; do lines+=("$line"); done
    exec 3>&-
    [ "$status" = 200 ]
}

has_clients() {
    ask GET '/stats?filter=^http\.public\.downstream_cx_active$' && [[ "${lines[*]}" =~ _active:\ [1-9] ]]
}

case "${1:-}" in
    check)
        ask GET /ready
        ;;
    *)
        ask POST /healthcheck/fail
        sleep "$1"
        while [ "$SECONDS" -lt "$2" ] && has_clients; do sleep 1; done
        ;;
esac
