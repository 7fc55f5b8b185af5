#!/bin/sh
# Makes .venv what requirements.lock says, and does nothing when it already is: every make target calls this first.
# It needs a Python of at least 3.11 and nothing else: uv comes from the PATH, or by pip into the environment itself.
# PYTHON=... chooses the interpreter; without it the newest that the course is tested on is taken.
set -eu
cd "$(dirname "$0")/.."

venv=.venv
state=$venv/fwlab-setup # "unfinished" while a set-up is under way, afterwards what the environment was made from
candidates="python3.13 python3.12 python3.11 python3 python"

export UV_HTTP_TIMEOUT="${UV_HTTP_TIMEOUT:-60}" PIP_DEFAULT_TIMEOUT="${PIP_DEFAULT_TIMEOUT:-60}" # seconds of silence
export UV_PYTHON_DOWNLOADS=never PIP_DISABLE_PIP_VERSION_CHECK=1
unset VIRTUAL_ENV CONDA_PREFIX PYTHONHOME PYTHONPATH # another environment's, when make is called from within one

say() { printf 'fwlab: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

# Prints the version of the Python behind a command. Fails unless it runs and is new enough, for a name on the PATH
# proves nothing: pyenv, for one, leaves commands there that only say which versions they would need.
version() {
    "$1" -I -S -c 'import sys; print(*sys.version_info[:3], sep="."); sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

choose_python() {
    if [ -n "${PYTHON:-}" ]; then
        version "$PYTHON" >/dev/null || fail "PYTHON=$PYTHON does not run, or is older than Python 3.11. Name another, or leave PYTHON out."
        echo "$PYTHON"
        return
    fi
    for candidate in $candidates; do
        if version "$candidate" >/dev/null; then
            echo "$candidate"
            return
        fi
    done
    fail "found no Python 3.11 or newer (tried $candidates). Install one, or say where it is: make PYTHON=/path/to/python3 ..."
}

# What the environment is made from, by content: git gives files the dates it likes.
recipe() { cksum requirements.lock pyproject.toml tools/environment.sh fwlab/jupyter/labextension/built/package.json; }

environment_runs() {
    made_with=$(version $venv/bin/python) && { [ -z "${PYTHON:-}" ] || [ "$made_with" = "$(version "$PYTHON")" ]; }
}

find_uv() {
    for candidate in uv $venv/bin/uv; do
        if "$candidate" --version >/dev/null 2>&1; then
            echo "$candidate"
            return
        fi
    done
}

# An empty environment; and uv in it, at the version and with the hashes of the lock, when there is none on the PATH.
create() {
    python=$1
    uv=$(find_uv)
    sed -n '/^uv==/,/^ *# via/p' requirements.lock >$venv/uv.txt
    if [ -n "$uv" ]; then
        "$uv" venv --quiet --allow-existing --python "$("$python" -c 'import sys; print(sys.executable)')" $venv
    elif "$python" -I -c 'import ensurepip, venv' 2>/dev/null; then
        "$python" -m venv $venv
        $venv/bin/python -m pip install --quiet --no-deps --require-hashes -r $venv/uv.txt
    elif "$python" -I -c 'import pip, venv' 2>/dev/null; then # Debian's python3-pip without its python3-venv
        "$python" -m venv --without-pip $venv
        "$python" -m pip --python $venv/bin/python install --quiet --no-deps --require-hashes -r $venv/uv.txt
    else
        fail "$python lacks the modules venv and pip. Install them (on Debian and Ubuntu: apt install python3-venv), or install uv."
    fi
}

report_failure() {
    [ $? -eq 0 ] || say "the set-up did not finish. The next call begins it again."
}

set_up() {
    # A set-up that was cut short may have left half a package behind, which no installer would notice.
    if ! environment_runs || [ "$(cat $state 2>/dev/null)" = unfinished ] || [ -z "$(find_uv)" ]; then
        python=$(choose_python)
        [ ! -d $venv ] || say "$venv is unfinished, or of another Python: making it anew"
        say "making $venv with Python $(version "$python") ($python); the first time takes a minute or two"
        rm -rf $venv
        mkdir $venv
        echo unfinished >$state
        create "$python"
    fi
    echo unfinished >$state
    uv=$(find_uv)
    quiet=--quiet
    [ ! -t 2 ] || quiet= # somebody watches: let uv show its progress
    "$uv" pip sync $quiet --python $venv/bin/python --require-hashes requirements.lock
    "$uv" pip install --quiet --python $venv/bin/python --no-deps --no-build-isolation --editable .
    recipe >$state
}

if ! environment_runs || [ "$(cat $state 2>/dev/null)" != "$(recipe)" ]; then
    trap report_failure EXIT
    set_up
fi
