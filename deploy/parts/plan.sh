#!/bin/sh
# Plans a run in ROWPROOF_PARTS parts in the folder of the run; words are flags of rowproof plan.
# Ends with 0 once the plan is written, although a difference may be known already; else as rowproof plan does.
. "$(dirname "$0")/common.sh"
: "${ROWPROOF_PARTS:?says into how many parts the run is divided}"

mkdir -p "$ROWPROOF_FOLDER" || exit 4
for file in "$ROWPROOF_FOLDER"/plan.json "$ROWPROOF_FOLDER"/part-*.json; do
  if [ -e "$file" ]; then
    echo "There is a run in $ROWPROOF_FOLDER already ($file): name another folder, or delete it." >&2
    exit 2
  fi
done

run plan --parts "$ROWPROOF_PARTS" --output "$ROWPROOF_FOLDER/plan.json" "$@"
[ -f "$ROWPROOF_FOLDER/plan.json" ] || exit "$code"
copy "${ROWPROOF_PUT:-}" "$ROWPROOF_FOLDER/plan.json" || exit 4
