#!/bin/sh
# Queues a run in parts as three jobs, each after the one before: sh submit.sh FOLDER PARTS CONFIG
# FOLDER is a new folder that all nodes see. Passwords are in ~/.pgpass and ~/.my.cnf. The exit code of the last job is the verdict.
set -eu
ROWPROOF_FOLDER=$(mkdir -p "$1" && cd "$1" && pwd)
ROWPROOF_PARTS=$2
config=$(cd "$(dirname "$3")" && pwd)/$(basename "$3")
here=$(cd "$(dirname "$0")" && pwd)
ROWPROOF_SCRIPTS=$here/../parts
export ROWPROOF_FOLDER ROWPROOF_PARTS ROWPROOF_SCRIPTS

plan=$(sbatch --parsable --job-name=rowproof-plan --wrap="sh '$ROWPROOF_SCRIPTS/plan.sh' --config '$config'")
parts=$(sbatch --parsable --dependency="afterok:$plan" --kill-on-invalid-dep=yes --array="0-$((ROWPROOF_PARTS - 1))" "$here/part.sbatch")
# After parts that failed too: what they were to read is said to be unverified.
merge=$(sbatch --parsable --dependency="afterany:$parts" --job-name=rowproof-merge \
  --wrap="sh '$ROWPROOF_SCRIPTS/merge.sh' --report table --report json=result/run.json --report html=result/run.html --differences result/differences.ndjson")
echo "Plan $plan, parts $parts, merge $merge: squeue --job $plan,$parts,$merge"
