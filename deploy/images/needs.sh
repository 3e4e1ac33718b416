# Sourced by scripts that run containers for real: says what is missing, and sets podman up.
# Public images cannot be assumed to be reachable: bases are made from Debian's packages instead, see stand-ins.sh.
missing=
for program in podman buildah runc debootstrap iptables kubectl; do
    command -v "$program" > /dev/null || missing="$missing $program"
done
if [ "$(id -u)" != 0 ]; then
    echo "this needs root: it makes a file system with debootstrap and runs containers with their own users" >&2
    exit 1
fi
if [ -n "$missing" ]; then
    echo "this needs$missing; on Debian: apt-get install --no-install-recommends podman buildah runc" \
        "containernetworking-plugins iptables debootstrap, and kubectl from Kubernetes" >&2
    exit 1
fi
CONTAINERS_CONF=$(pwd)/deploy/images/containers.conf
export CONTAINERS_CONF
