#!/bin/bash
# Start PostgreSQL in a container, making its data directory first when there is none.
#
# It keeps the contract of the official image (POSTGRES_USER, _PASSWORD, _DB, _INITDB_ARGS, _INITDB_WALDIR,
# _HOST_AUTH_METHOD, each also as a path in NAME_FILE, PGDATA, /docker-entrypoint-initdb.d), so that dbtasks drives
# both the same way. One thing is better here: a new data directory is prepared under another name and renamed
# when it is complete, so a container killed in its first second leaves nothing half made behind.
set -Eeuo pipefail
shopt -s nullglob

export PGDATA=${PGDATA:-/var/lib/postgresql/data}
scripts=/docker-entrypoint-initdb.d

say() { printf 'entrypoint: %s\n' "$*"; }
die() { say "$@" >&2; exit 1; }

# Set a variable from NAME, or from the file that NAME_FILE names, or to a default.
take() {
    local name=$1 file_name="$1_FILE"
    if [[ -n ${!name-} && -n ${!file_name-} ]]; then
        die "$name and $file_name are both set; only one can be meant"
    elif [[ -n ${!file_name-} ]]; then
        printf -v "$name" '%s' "$(<"${!file_name}")"
    elif [[ -z ${!name-} ]]; then
        printf -v "$name" '%s' "${2-}"
    fi
    export "${name?}"
    unset "$file_name"
}

take_variables() {
    take POSTGRES_PASSWORD
    take POSTGRES_USER postgres
    take POSTGRES_DB "$POSTGRES_USER"
    take POSTGRES_INITDB_ARGS
    take POSTGRES_INITDB_WALDIR
    take POSTGRES_HOST_AUTH_METHOD
}

check_password() {
    if [[ -z $POSTGRES_PASSWORD && $POSTGRES_HOST_AUTH_METHOD != trust ]]; then
        die "the superuser password is not specified: set POSTGRES_PASSWORD to a non-empty value." \
            "(POSTGRES_HOST_AUTH_METHOD=trust would let everybody in without one.)"
    fi
}

# As root: give the folders to postgres, then run this same script again as postgres.
drop_root() {
    mkdir -p "$PGDATA" /var/run/postgresql
    chmod 0700 "$PGDATA"
    chmod 3775 /var/run/postgresql
    [[ -z ${POSTGRES_INITDB_WALDIR-} ]] || mkdir -p "$POSTGRES_INITDB_WALDIR"
    local parent folder
    parent=$(dirname "$PGDATA")
    [[ $parent == / ]] || chown postgres:postgres "$parent" # the draft of the data directory is made in it
    for folder in "$PGDATA" /var/run/postgresql ${POSTGRES_INITDB_WALDIR:+"$POSTGRES_INITDB_WALDIR"}; do
        find "$folder" \! -user postgres -exec chown postgres:postgres {} +
    done
    exec setpriv --reuid=postgres --regid=postgres --init-groups "$BASH_SOURCE" "$@"
}

run_initdb() {
    local words=()
    eval "words=($POSTGRES_INITDB_ARGS)" # the contract: a string of shell words
    # No file holds the password, not even for a moment. What is written is flushed once, at the end of it all.
    initdb --no-sync --username="$POSTGRES_USER" --pwfile=<(printf '%s\n' "$POSTGRES_PASSWORD") \
        ${POSTGRES_INITDB_WALDIR:+--waldir="$POSTGRES_INITDB_WALDIR"} "${words[@]}" -D "$1"
}

allow_network() {
    local method=${POSTGRES_HOST_AUTH_METHOD:-$(postgres -D "$1" -C password_encryption)}
    printf '\nhost all all all %s\n' "$method" >>"$1/pg_hba.conf"
}

# The server that init scripts talk to; it hears no network, so nobody mistakes it for the real one.
start_private() {
    local folder=$1 quoted
    shift
    printf -v quoted '%q ' "$@" -c fsync=off -c listen_addresses= -p "${PGPORT:-5432}"
    NOTIFY_SOCKET='' PGUSER=$POSTGRES_USER pg_ctl -D "$folder" -o "$quoted" -w start
}

sql() {
    PGHOST='' PGHOSTADDR='' PGPASSWORD=$POSTGRES_PASSWORD \
        psql -v ON_ERROR_STOP=1 --no-password --no-psqlrc --username "$POSTGRES_USER" "$@"
}

create_database() {
    [[ $POSTGRES_DB != postgres ]] || return 0
    sql --dbname postgres -v name="$POSTGRES_DB" <<<'CREATE DATABASE :"name";'
}

run_scripts() {
    local file
    for file in "$scripts"/*; do
        case $file in
            *.sh)
                say "running $file"
                # shellcheck disable=SC1090 # whoever mounted it knows it
                if [[ -x $file ]]; then "$file"; else . "$file"; fi
                ;;
            *.sql) say "running $file" && sql --dbname "$POSTGRES_DB" -f "$file" ;;
            *.sql.gz) say "running $file" && gunzip -c "$file" | sql --dbname "$POSTGRES_DB" ;;
            *.sql.xz) say "running $file" && xz -dc "$file" | sql --dbname "$POSTGRES_DB" ;;
            *.sql.zst) say "running $file" && zstd -dc "$file" | sql --dbname "$POSTGRES_DB" ;;
            *) say "ignoring $file" ;;
        esac
    done
}

# Make the data directory. Where its parent can hold a draft (PGDATA is no mount point), the rename is the last step.
initialise() {
    local draft="$PGDATA.new"
    if rmdir "$PGDATA" 2>/dev/null; then rm -rf "$draft"; else draft=$PGDATA; fi
    run_initdb "$draft"
    allow_network "$draft"
    start_private "$draft" "$@"
    create_database
    run_scripts
    pg_ctl -D "$draft" -m fast -w stop
    sync -f "$draft"
    if [[ $draft != "$PGDATA" ]]; then
        mv -T "$draft" "$PGDATA"
        sync -f "$(dirname "$PGDATA")"
    fi
    say "the data directory is ready"
}

main() {
    [[ ${1-} != -* && $# -gt 0 ]] || set -- postgres "$@"
    if [[ $1 != postgres ]] || [[ " $* " =~ \ (--help|--version|-V|--describe-config|-\?|-C)\  ]]; then
        exec "$@"
    fi
    [[ $EUID -ne 0 ]] || drop_root "$@"
    if [[ ! -s $PGDATA/PG_VERSION ]]; then
        take_variables
        check_password
        initialise "${@:2}"
    fi
    unset POSTGRES_PASSWORD POSTGRES_PASSWORD_FILE # the server has no need of it
    exec "$@"
}

main "$@"
