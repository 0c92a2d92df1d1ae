#!/usr/bin/env bash
# bubblewrap 0.8.0 makes the missing parents of a mount or of a symbolic link with mode 0700, those of --file with 0755, and a folder that
# --dir names with 0755. Who starts it as root and becomes another user inside (setpriv, su) cannot read what was bound: "--ro-bind
# /etc/passwd /etc/passwd" makes an /etc that only root may enter, so that id, git and getent fail, though the file's own mode is 0644.
# A --dir before the bind opens it. The manual names no mode for parents. As an ordinary user nobody notices: the maker is the reader.
# What Auxo does: every parent is made by --dir, and a test looks at what a step sees as root and as a user.
# Needs root, apt and setpriv. Seen on 2026-11-29 with Debian's bubblewrap 0.8.0-2+deb12u1:
#   bind: 700, symlink: 700, file: 755, dir before bind: 755; read as uid 65534: bind no, dir before bind yes
set -euo pipefail

[ "$(id -u)" = 0 ] || { echo "run it as root" >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
(cd "$folder" && apt-get download -q bubblewrap >/dev/null 2>&1 && dpkg-deb -x bubblewrap_*.deb .)
[ "$("$folder/usr/bin/bwrap" --version)" = 'bubblewrap 0.8.0' ] || { echo "another version: $("$folder/usr/bin/bwrap" --version)" >&2; exit 1; }

inside() {
    "$folder/usr/bin/bwrap" --tmpfs / --ro-bind /usr /usr --symlink usr/bin /bin --symlink usr/lib /lib --symlink usr/lib64 /lib64 \
        --proc /proc --dev /dev "$@"
}
mode() { inside "$@" -- stat -c %a /etc; }
readable() { inside "$@" -- setpriv --reuid=65534 --regid=65534 --clear-groups cat /etc/passwd >/dev/null 2>&1 && echo yes || echo no; }

bind=(--ro-bind /etc/passwd /etc/passwd)
opened=(--dir /etc "${bind[@]}")
said="bind: $(mode "${bind[@]}"), symlink: $(mode --symlink /usr /etc/link), file: $(mode --file 9 /etc/f 9</etc/passwd), dir before bind: $(
    mode "${opened[@]}"); read as uid 65534: bind $(readable "${bind[@]}"), dir before bind $(readable "${opened[@]}")"
echo "$said"
[ "$said" = 'bind: 700, symlink: 700, file: 755, dir before bind: 755; read as uid 65534: bind no, dir before bind yes' ] || {
    echo "This has changed: see whether the sandbox still has to make parents itself." >&2
    exit 1
}
