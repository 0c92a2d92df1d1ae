#!/usr/bin/env bash
# Semgrep 1.182.0 has two front ends that read rule files differently. "semgrep scan" resolves the anchors and aliases of YAML. With
# --experimental (the same engine without Python, ten times faster to start) a rule that has an alias as one of its values is dropped:
# "Expected a string value", in 'errors' of the JSON, and the other rules run. The exit code says so (2) only while nothing is found: with
# --error and a finding of another rule it is 1, as if all rules had run. A check that looks at the exit code, or counts results, then
# passes over the weakness that the dropped rule is for.
# What Auxo does: it reads 'errors' before the results, an error of a rule fails the check, and its rules have no anchors (docs/scanning.md).
# Needs python3 with venv. Seen on 2026-11-29 with semgrep 1.182.0 from PyPI:
#   scan: 2 rules found something, exit 1; --experimental: 1 rule, 1 error, exit 1, and 2 for a file in which nothing is found
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q semgrep==1.182.0
export SEMGREP_SEND_METRICS=off SEMGREP_ENABLE_VERSION_CHECK=0 PATH="$folder/venv/bin:$PATH"

cat >rules.yaml <<'END'
rules:
  - id: named
    languages: [python]
    severity: ERROR
    message: &words a call of eval
    pattern: &call eval(...)
  - id: by-alias
    languages: [python]
    severity: ERROR
    message: *words
    pattern: *call
END
echo 'eval(text)' >found.py
echo 'print(1)' >clean.py

# said FILE OPTION…: how many rules found something, how many errors, and the exit code.
said() {
    local file=$1 code=0
    shift
    semgrep scan "$@" --error --metrics=off --disable-version-check --config rules.yaml --json "$file" >answer.json 2>/dev/null || code=$?
    python3 -c 'import json, sys
answer = json.load(open("answer.json"))
print(len({r["check_id"] for r in answer["results"]}), "rules,", len(answer["errors"]), "errors, exit", sys.argv[1])' "$code"
}

words="scan: $(said found.py); experimental: $(said found.py --experimental); nothing found: $(said clean.py --experimental)"
echo "$words"
[ "$words" = 'scan: 2 rules, 0 errors, exit 1; experimental: 1 rules, 1 errors, exit 1; nothing found: 0 rules, 1 errors, exit 2' ] || {
    echo "This has changed: see whether rules of repositories may have anchors now." >&2
    exit 1
}
