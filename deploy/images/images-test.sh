#!/bin/sh
# Build the images for real, from bases made on this machine, and look into them. Needs root, podman, buildah, runc and
# debootstrap. Usage: images-test.sh VENV_BIN IMAGE...
set -eu
cd "$(dirname "$0")/../.."
bin=$1
shift
purpose="make images-test"
. deploy/images/needs.sh
sh deploy/images/stand-ins.sh "$bin"
BUILDER=buildah BUILD_OPTIONS="--pull-never --isolation chroot --network host" \
    sh deploy/images/build.sh localhost/linkmeter "$@"
LINKMETER_REHEARSAL=on "$bin/python" -m pytest tests/rehearsal/test_images.py
