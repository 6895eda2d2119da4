# Shared by the scripts beside it and by the Makefile; source it from the root of the clone.

export PATH="$HOME/.cargo/bin:$PATH"
cache=${PROCYON_CACHE:-$HOME/.cache/procyon}

# Where cargo builds. A CI run starts from a fresh clone, so its builds live outside of it.
if [ -n "${CI:-}" ]; then
    export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$cache/target}
fi
target=${CARGO_TARGET_DIR:-target}

say() { printf '\n== %s\n' "$*"; }

# venv: makes the Python environment with the real clients, once per requirements file.
# Sets $python.
venv() {
    local base stamp
    base=$(command -v python3.11 || command -v python3) || { echo "no python3 found: install Python 3.11"; return 1; }
    stamp=$("$base" --version | cat - e2e/requirements.txt | sha256sum | cut -c1-12)
    python=$cache/venv-$stamp/bin/python
    [ -e "$cache/venv-$stamp/ready" ] && return 0
    echo "installing the clients of e2e/requirements.txt into $cache/venv-$stamp"
    rm -rf "$cache/venv-$stamp"
    mkdir -p "$cache"
    if ! "$base" -m venv "$cache/venv-$stamp"; then
        # Debian keeps this module in a package of its own.
        [ "$(id -u)" = 0 ] || { echo "python's venv module is missing: apt-get install python3-venv"; return 1; }
        apt-get install -y -q python3-venv && "$base" -m venv --clear "$cache/venv-$stamp" || return 1
    fi
    "$python" -m pip install -q --disable-pip-version-check -r e2e/requirements.txt || return 1
    touch "$cache/venv-$stamp/ready"
}

# postgres: makes a PostgreSQL of our own for the suites that need one, if this machine can.
# Stop it with postgres_stop.
postgres() {
    if [ -n "${PROCYON_TEST_POSTGRES:-}" ] || [ ! -e .ci/postgres.sh ]; then
        return 0
    fi
    local url words
    words=$(mktemp)
    export PROCYON_POSTGRES_DIR=/tmp/procyon-postgres-$(id -u)-$$
    if url=$(bash .ci/postgres.sh start 2>"$words"); then
        export PROCYON_TEST_POSTGRES=$url
    else
        echo "PostgreSQL cannot be started here, so its suites are skipped: $(tail -3 "$words")"
    fi
    rm -f "$words"
}

postgres_stop() {
    [ -z "${PROCYON_POSTGRES_DIR:-}" ] || bash .ci/postgres.sh stop 2>/dev/null
    rm -f "${PROCYON_POSTGRES_DIR:-/nonexistent}.lock"
}

# packages FOLDER: installs what the lock file of an npm folder says, once per lock file.
packages() {
    local stamp
    command -v npm >/dev/null || { echo "no npm found: install Node 20"; return 1; }
    stamp=$(node --version | cat - "$1/package-lock.json" | sha256sum | cut -c1-12)
    [ "$(cat "$1/node_modules/.procyon" 2>/dev/null)" = "$stamp" ] && return 0
    echo "installing the packages of $1/package-lock.json"
    npm ci --prefix "$1" --prefer-offline --no-audit --no-fund --loglevel=error || return 1
    echo "$stamp" >"$1/node_modules/.procyon"
}

# page: builds the web page into ui/dist, unless what is there was made of the present sources.
page() {
    local stamp
    stamp=$(find ui -path ui/node_modules -prune -o -path ui/dist -prune -o -path ui/e2e -prune -o -type f -print0 |
        LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -c1-16)
    [ "$(cat ui/dist/.made-of 2>/dev/null)" = "$stamp" ] && return 0
    packages ui || return 1
    echo "building the web page"
    npm run --silent --prefix ui build || return 1
    echo "$stamp" >ui/dist/.made-of
}

# browser: the real one that the page is tested in. Sets $CHROMIUM.
browser() {
    CHROMIUM=$(command -v chromium || command -v chromium-browser || command -v google-chrome) && export CHROMIUM && return 0
    [ "$(id -u)" = 0 ] || { echo "no browser found: apt-get install chromium"; return 1; }
    echo "installing chromium"
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q chromium >/dev/null || {
        apt-get update -q >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -y -q chromium >/dev/null
    } || return 1
    CHROMIUM=$(command -v chromium) && export CHROMIUM
}
