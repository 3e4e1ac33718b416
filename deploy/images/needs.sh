# Sourced by scripts that run containers for real, which say in $purpose who they are: sets podman up.
# Public images cannot be assumed to be reachable: bases are made from Debian's packages instead, see stand-ins.sh.
sh deploy/needs.sh "$purpose" root podman buildah runc network debootstrap iptables kubectl >&2
CONTAINERS_CONF=$(pwd)/deploy/images/containers.conf
export CONTAINERS_CONF
