#!/bin/bash
# As much of valkey-cli as the manifests use: ping.
set -eu
exec 3<>/dev/tcp/127.0.0.1/6379
printf '%s\r\n' "$*" >&3
read -r -t 3 answer <&3
[[ $answer == +PONG* ]]
