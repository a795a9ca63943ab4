#!/bin/sh
# Reads one part of the run, that of JOB_COMPLETION_INDEX (from 0); words are flags of rowproof verify.
# Ends with 0 once the part is written, whatever was found: the merge has the verdict. Ends with 75 where it was stopped before its
# end, and as rowproof does where it failed: run again, it goes on where it was.
# ROWPROOF_JOURNALS is where journals lie, the folder of the run unless it is said; ROWPROOF_WAIT is how many seconds to wait before a run is
# taken up again, which looks as if it were at work for 30 s after its machine was lost.
. "$(dirname "$0")/common.sh"
: "${JOB_COMPLETION_INDEX:?says which part to read, from 0}"

number=$((JOB_COMPLETION_INDEX + 1))
part="$ROWPROOF_FOLDER/part-$number.json"
journal="${ROWPROOF_JOURNALS:-$ROWPROOF_FOLDER}/journal-$number"

mkdir -p "$ROWPROOF_FOLDER" || exit 4
copy "${ROWPROOF_GET:-}" "$ROWPROOF_FOLDER/plan.json" || exit 4

if [ ! -f "$part" ]; then
  # 2: there is nothing to go on with, or what there is does not fit the databases any more.
  code=2
  if [ -n "$(ls -A "$journal" 2>/dev/null)" ]; then
    sleep "${ROWPROOF_WAIT:-35}"
    run resume --journal "$journal"
  fi
  if [ "$code" -eq 2 ]; then
    run verify --plan "$ROWPROOF_FOLDER/plan.json" --part "$number" --output "$part" --journal "$journal" "$@"
  fi
  case $code in
    0 | 1 | 3) [ -f "$part" ] || exit 75 ;;
    *) exit "$code" ;;
  esac
fi

# The part itself goes last, so that it never names rows that are not there.
for file in "$ROWPROOF_FOLDER/part-$number".*.rows.ndjson "$part"; do
  copy "${ROWPROOF_PUT:-}" "$file" || exit 4
done
