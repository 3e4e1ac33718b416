#!/bin/sh
# Say all that is missing at once, and where it comes from. Usage: needs.sh PURPOSE NAME...
# A name is a program, or: root, for running as root; network, for podman's network plugins.
set -eu
purpose=$1
shift

has() {
    case $1 in
        root) [ "$(id -u)" = 0 ] ;;
        network)
            [ -e "${ROOT:-}/usr/lib/cni/bridge" ] || [ -e "${ROOT:-}/opt/cni/bin/bridge" ] ||
                [ -e "${ROOT:-}/usr/lib/podman/netavark" ]
            ;;
        *) command -v "$1" > /dev/null ;;
    esac
}

source_of() {
    case $1 in
        root) echo "it makes file systems and runs containers with their own users: run it as root" ;;
        network) echo "Debian's package containernetworking-plugins or netavark" ;;
        # Both hold /usr/bin/kubectl: with one installed, the other is refused, and either will do.
        kubectl) echo "Debian's package kubernetes-client, or kubectl from Kubernetes; not both, they hold the same file" ;;
        java) echo "version 17 or newer: Debian's package default-jre-headless" ;;
        *) echo "Debian's package $1" ;;
    esac
}

missing=
for name in "$@"; do
    has "$name" || missing="$missing $name"
done
[ -n "$missing" ] || exit 0
echo "$purpose needs what is not here:"
for name in $missing; do
    echo "  $name: $(source_of "$name")"
done
exit 1
