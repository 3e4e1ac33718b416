#!/bin/sh
# Write the lock files: exact versions with hashes, without index addresses. Usage: lock.sh VENV_BIN
set -eu
bin=$1
compile() {
    out=$1
    shift
    "$bin/uv" pip compile "$@" --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --no-header --output-file "$out"
}
compile locks/dev.txt pyproject.toml --extra embedded --extra dev
compile locks/local.txt pyproject.toml --extra embedded --constraints locks/dev.txt
compile locks/runtime.txt pyproject.toml --constraints locks/dev.txt
compile locks/build.txt pyproject.toml --extra build --constraints locks/dev.txt
compile locks/sdk.txt sdk/python/pyproject.toml --extra cli --constraints locks/dev.txt
compile locks/node.txt --group node
compile locks/hadolint.txt --group hadolint
compile locks/labels.txt --group labels --no-deps
compile locks/handover.txt --group handover
compile locks/duckdb-older.txt --group duckdb-older
