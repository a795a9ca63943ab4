#!/bin/sh
# Joins the parts in the folder of the run; words are flags of rowproof merge, whose paths begin in that folder. What is written to result/ is
# copied to elsewhere. Ends as rowproof merge does: its exit code is the verdict.
. "$(dirname "$0")/common.sh"

mkdir -p "$ROWPROOF_FOLDER/result" || exit 4
copy "${ROWPROOF_GET_ALL:-}" "$ROWPROOF_FOLDER" || exit 4
cd "$ROWPROOF_FOLDER" || exit 4
run merge part-*.json "$@"
verdict=$code
for file in "$ROWPROOF_FOLDER"/result/*; do
  [ ! -f "$file" ] || copy "${ROWPROOF_PUT:-}" "$file" || exit 4
done
exit "$verdict"
