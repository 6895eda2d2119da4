#!/usr/bin/env bash
# A private PostgreSQL for the test suites that need one.
#
#   bash .ci/postgres.sh start    starts it, or finds it running, and prints its URL (only that) on stdout
#   bash .ci/postgres.sh stop     stops it and removes its files
#
# It listens on a random loopback port, trusts local users, does not sync to disk, and holds nothing
# worth keeping. As root it runs as the user postgres, and Debian's package is installed if no
# PostgreSQL is there; any other user runs it as itself.
set -euo pipefail

state=${PROCYON_POSTGRES_DIR:-/tmp/procyon-postgres-$(id -u)}
data=$state/data

log() { printf '%s\n' "$*" >&2; }

# The newest installed server's programs; they are not on the PATH of Debian.
find_bin() {
    local dir
    dir=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
    if [ -x "${dir:-}/initdb" ]; then
        printf '%s\n' "$dir"
    elif command -v initdb >/dev/null; then
        dirname "$(command -v initdb)"
    else
        return 1
    fi
}

as_owner() {
    if [ "$(id -u)" = 0 ]; then
        runuser -u postgres -- "$@"
    else
        "$@"
    fi
}

url() { printf 'postgres://postgres@127.0.0.1:%s/postgres\n' "$(cat "$state/port")"; }

running() {
    [ -s "$state/port" ] && "$bin/pg_isready" -q -h 127.0.0.1 -p "$(cat "$state/port")"
}

# A port that nobody listens on now; another try follows if it is taken in between.
free_port() {
    local port
    while :; do
        port=$((20000 + RANDOM % 12000))
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { printf '%s\n' "$port"; return; }
    done
}

make_cluster() {
    rm -rf "$state"
    mkdir -p -m 0700 "$state"
    [ "$(id -u)" != 0 ] || chown postgres "$state"
    as_owner "$bin/initdb" -D "$data" -U postgres -A trust -E UTF8 --locale=C --no-sync >&2
}

start() {
    if ! bin=$(find_bin); then
        [ "$(id -u)" = 0 ] || { log "no PostgreSQL found: apt-get install postgresql"; return 1; }
        log "installing PostgreSQL"
        { apt-get update -q && apt-get install -y -q --no-install-recommends postgresql; } >&2
        bin=$(find_bin)
    fi
    running && { url; return; }
    make_cluster
    local port try
    for try in 1 2 3; do
        port=$(free_port)
        if as_owner "$bin/pg_ctl" -D "$data" -l "$state/log" -w -t 60 -o "-p $port -h 127.0.0.1 -k $state \
            -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=300" start >&2; then
            printf '%s\n' "$port" >"$state/port"
            url
            return
        fi
    done
    log "PostgreSQL does not start:"
    tail -20 "$state/log" >&2
    return 1
}

stop() {
    if bin=$(find_bin) && [ -d "$data" ]; then
        as_owner "$bin/pg_ctl" -D "$data" -m immediate -w stop >&2 || true
    fi
    rm -rf "$state"
}

case ${1:-} in
start | stop) ;;
*) log "usage: $0 start|stop"; exit 2 ;;
esac
cd /  # where the user postgres may be
# One at a time: two suites may ask for it at once. The lock outlives neither of them.
exec 9>"$state.lock"
flock 9
"$1" 9>&-
