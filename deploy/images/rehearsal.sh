#!/bin/sh
# Run every container of the rendered dev overlay from its manifest, take the journey, and roll each service under load.
# Needs root, podman, buildah, runc, debootstrap, iptables and kubectl. Usage: rehearsal.sh VENV_BIN IMAGE...
set -eu
cd "$(dirname "$0")/../.."
bin=$1
shift
purpose="make rehearsal"
. deploy/images/needs.sh
sh deploy/images/stand-ins.sh "$bin"
BUILDER=buildah BUILD_OPTIONS="--pull-never --isolation chroot --network host" \
    sh deploy/images/build.sh localhost/linkmeter "$@"
# The first test of a layout waits for all its pods.
LINKMETER_REHEARSAL=on "$bin/python" -m pytest tests/rehearsal --ignore tests/rehearsal/test_images.py --timeout 600
