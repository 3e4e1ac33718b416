#!/bin/sh
# Build images from one Dockerfile: build.sh REGISTRY IMAGE...
# BUILDER chooses docker, podman or buildah; BUILD_OPTIONS are passed on to it.
set -eu
cd "$(dirname "$0")/../.."
registry=$1
shift
version=$(sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)
revision=$(git rev-parse HEAD 2> /dev/null || echo unknown)
# Equal sources give equal files: nothing is younger than the last commit.
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2> /dev/null || echo 0)
export SOURCE_DATE_EPOCH

builder=${BUILDER:-}
for candidate in docker podman buildah; do
    if [ -z "$builder" ] && "$candidate" version > /dev/null 2>&1; then
        builder=$candidate
    fi
done
case $builder in
    docker) build="docker build" ;;
    podman | buildah)
        # Health checks are lost in the other format.
        build="$builder build --format docker --layers --timestamp $SOURCE_DATE_EPOCH"
        build="$build --ignorefile deploy/images/Dockerfile.dockerignore"
        ;;
    *) echo "build.sh needs docker, podman or buildah" >&2; exit 1 ;;
esac

for image in "$@"; do
    # shellcheck disable=SC2086 # options are words
    $build ${BUILD_OPTIONS:-} --file deploy/images/Dockerfile --target "$image" \
        --build-arg VERSION="$version" --build-arg REVISION="$revision" --tag "$registry/$image:$version" .
done
