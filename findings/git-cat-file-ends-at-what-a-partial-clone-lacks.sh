#!/usr/bin/env bash
# "git cat-file --batch" answers "<name> missing" for an object that a whole repository does not have, and goes on. In a partial clone
# (git clone --filter=blob:none) whose origin cannot be reached, or may not be (protocol.allow=never), the first object that was left there
# ends the process with 128, and all later requests of a program that keeps it open are lost. --batch-check does the same, though it gives no
# content. Git 2.39.5 knows no way to have it answered as missing (GIT_NO_LAZY_FETCH is of 2.45 and
# is passed over in silence); a whole copy comes by "git fetch --refetch --no-filter", after which nothing is lacking.
# What Auxo does: libs/Auxo.Git/GitObjects.cs keeps git's last words, and the error names that command.
# Needs git. Seen on 2026-11-29 with Debian's git 2.39.5:
#   absent: 2 answers, exit 0; promised: 0 answers, exit 128; after --refetch --no-filter: 2 answers, exit 0
set -euo pipefail

[ "$(git version)" = 'git version 2.39.5' ] || { echo "another version: $(git version)" >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export HOME=$folder GIT_CONFIG_NOSYSTEM=1 GIT_NO_LAZY_FETCH=1
cd "$folder"
git init -q -b main whole
echo one >whole/first
git -C whole add first
git -C whole -c user.name=a -c user.email=a@example.org commit -q -m One
git -C whole config uploadpack.allowFilter true
git clone -q --bare --filter=blob:none "file://$folder/whole" part

# ask REPOSITORY NAME: asks for NAME and then for the commit; how many answers came, and the exit code.
ask() {
    local code=0
    printf '%s\nHEAD^{commit}\n' "$2" | git -C "$1" -c protocol.allow=never cat-file --batch-check >answers 2>/dev/null || code=$?
    echo "$(grep -c . answers || true) answers, exit $code"
}

absent=$(ask whole HEAD:second)
promised=$(ask part HEAD:first)
git -C part fetch -q --refetch --no-filter 2>/dev/null
said="absent: $absent; promised: $promised; after --refetch --no-filter: $(ask part HEAD:first)"
echo "$said"
[ "$said" = 'absent: 2 answers, exit 0; promised: 0 answers, exit 128; after --refetch --no-filter: 2 answers, exit 0' ] || {
    echo "This has changed: see what GitObjects says of a partial clone." >&2
    exit 1
}
