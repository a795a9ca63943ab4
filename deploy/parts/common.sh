# What plan.sh, part.sh and merge.sh have in common; they read it.
# ROWPROOF          the program, rowproof unless it is said
# ROWPROOF_FOLDER   the folder of the run: plan, parts, journals and result
# ROWPROOF_GET, ROWPROOF_PUT, ROWPROOF_GET_ALL
#                   commands that copy a file of that folder ("$1") from elsewhere, to elsewhere, and all files to the folder;
#                   not said where all machines see one folder
# ROWPROOF_PASSWORD_FILES
#                   a folder with .pgpass and .my.cnf, which are copied to HOME: both are passed over where a group may read them,
#                   and Kubernetes lets one read what it mounts
set -u
umask 077
: "${ROWPROOF_FOLDER:?names the folder of the run}"

for name in .pgpass .my.cnf; do
  file="${ROWPROOF_PASSWORD_FILES:-}/$name"
  [ -z "${ROWPROOF_PASSWORD_FILES:-}" ] || [ ! -f "$file" ] || cp "$file" "$HOME/$name" || exit 4
done

# Runs a command that the user wrote for a file; without a command there is nothing to copy.
copy() {
  [ -z "$1" ] || sh -c "$1" copy "$2"
}

# Runs Rowproof and sets code to how it ended. A request to stop goes on to it, since a shell that is the first process of a container
# keeps such requests to itself; it then ends as Rowproof ends.
run() {
  # shellcheck disable=SC2086
  ${ROWPROOF:-rowproof} "$@" &
  child=$!
  trap 'kill -TERM "$child"' TERM INT
  wait "$child"
  code=$?
  while kill -0 "$child" 2>/dev/null; do
    wait "$child"
    code=$?
  done
  trap - TERM INT
}
