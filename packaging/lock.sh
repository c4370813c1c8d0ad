#!/bin/sh
# Writes the lock files again from pyproject.toml (needs uv, from PyPI). One lock serves every system.
set -eu
cd "$(dirname "$0")/.."
compile() {
    uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url \
        pyproject.toml packaging/locks/build.in "$@"
}
compile -o packaging/locks/run.txt
compile --extra test -o packaging/locks/test.txt
