#!/bin/sh
# Refuse changes of the contracts that would break a caller of main. Usage: breaking.sh VENV_BIN
set -eu
bin=$1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
base=$(git merge-base HEAD origin/main 2>/dev/null || git rev-parse --verify --quiet main || true)
if [ -z "$base" ] || ! git cat-file -e "$base:protos/generate.py" 2>/dev/null; then
    echo "buf breaking: main has no contracts yet, nothing to compare with"
    exit 0
fi
git archive "$base" protos | tar -x -C "$scratch"
"$bin/python" "$scratch/protos/generate.py" >/dev/null 2>&1
"$bin/buf" breaking gen/linkmeter.binpb --against "$scratch/gen/linkmeter.binpb" --config protos/buf.yaml
