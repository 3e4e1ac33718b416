#!/bin/sh
# Write the lock files: exact versions with hashes, without index addresses. Usage: lock.sh VENV_BIN
set -eu
bin=$1
compile() {
    out=$1
    shift
    "$bin/uv" pip compile pyproject.toml "$@" --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --no-header --output-file "$out"
}
compile locks/dev.txt --extra embedded --extra dev
compile locks/local.txt --extra embedded --constraints locks/dev.txt
compile locks/runtime.txt --constraints locks/dev.txt
