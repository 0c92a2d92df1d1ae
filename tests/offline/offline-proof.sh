#!/usr/bin/env bash
# The promise "nothing outside your own machines", played: with the network there a mirror is warmed from a lock file; then, in a network
# namespace without any way out, Auxo starts again and a repository is cloned, built, its dependency installed, its package published and
# installed, its artifact fetched and verified. Nothing outside a folder in $TMPDIR is touched. About a minute.
#
#     bash tests/offline/offline-proof.sh                                        # with a small upstream of its own
#     bash tests/offline/offline-proof.sh --upstream URL --package left-pad     # with an npm registry of the world
#
# Needs Linux, npm, git, curl, python3, unshare, ip, and a built Auxo ('./auxo demo' builds it). With Radicle's programs the repository is a Radicle
# repository, else a git one. Ends with exit code 0 and 'offline proof: passed', or says what failed, with Auxo's logs.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
bin=${AUXO_BIN:-$root/artifacts/bin}
upstream='' package=greeting

say() { printf '\n== %s\n' "$*"; }
die() { printf 'offline proof: %s\n' "$*" >&2; exit 1; }

auxo() {
    case $1 in
        up | down) "$bin"/Auxo.AppHost/release/Auxo.AppHost "$@" ;;
        *) "$bin"/Auxo.Cli/release/auxo-cli "$@" ;;
    esac
}

# ── with a network ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

# Two packages, one needs the other, as static files: all that an npm client asks for.
make_world() {
    local name version=1.0.0 dependencies
    mkdir -p "$dir/world/-" "$dir/made"
    # What a registry of npm answers who asks whether it is one.
    echo '{}' >"$dir/world/-/ping"
    for name in punctuation greeting; do
        dependencies='{}'
        [ $name = punctuation ] || dependencies='{"punctuation":"^1.0.0"}'
        mkdir -p "$dir/made/$name" "$dir/world/files/$name"
        printf '{"name":"%s","version":"%s","main":"index.js","dependencies":%s}\n' $name $version "$dependencies" >"$dir/made/$name/package.json"
        if [ $name = punctuation ]; then echo 'module.exports = "!"'; else echo 'module.exports = n => "Hello " + n + require("punctuation")'; fi \
            >"$dir/made/$name/index.js"
        # npm keeps what it packs in its cache, and would install it from there without asking anybody: this is no proof then.
        (cd "$dir/world/files/$name" && npm pack --silent --ignore-scripts --cache "$dir/packing" "$dir/made/$name" >/dev/null)
        python3 - "$dir/world" "$name" "$version" "$1" <<'PY'
import base64, hashlib, json, pathlib, sys
world, name, version, address = sys.argv[1:]
tarball = f"files/{name}/{name}-{version}.tgz"
content = pathlib.Path(world, tarball).read_bytes()
manifest = json.loads(pathlib.Path(world, "..", "made", name, "package.json").read_text())
manifest |= {"_id": f"{name}@{version}", "dist": {"tarball": f"{address}/{tarball}", "shasum": hashlib.sha1(content).hexdigest(),
    "integrity": "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()}}
pathlib.Path(world, name).write_text(json.dumps({"name": name, "dist-tags": {"latest": version}, "versions": {version: manifest},
    "time": {"created": "2020-01-01T00:00:00.000Z", "modified": "2020-01-01T00:00:00.000Z", version: "2020-01-01T00:00:00.000Z"}}))
PY
    done
}

# Prints the port when it listens.
serve() { python3 -uc '
import functools, http.server, sys
handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=sys.argv[1])
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
print(server.server_port, flush=True)
server.serve_forever()' "$1" 2>/dev/null; }

free_ports() { python3 -c '
import socket
sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(7)]
print(*[s.getsockname()[1] for s in sockets])'; }

prepare() {
    local ports name i=0
    dir=$(mktemp -d "${TMPDIR:-/tmp}/auxo-offline-XXXXXX")
    chmod 755 "$dir"
    trap 'finish $?' EXIT
    read -ra ports <<<"$(free_ports)"
    for name in INGEST PIPELINE NOTIFY METRICS REGISTRY CONSOLE APPHOST; do
        export "AUXO_PORTS_$name=${ports[$i]}"
        i=$((i + 1))
    done
    mkdir -p "$dir/user" "$dir/empty"
    export HOME=$dir/user AUXO_HOME=$dir/auxo RAD_HOME=$dir/rad RAD_PASSPHRASE='' npm_config_cache=$dir/npm-cache npm_config_update_notifier=false
    export Auxo__Steps__Registry=npm
    git config --global user.name Proof
    git config --global user.email proof@example.org
    git config --global init.defaultBranch main
    if [ -z "$upstream" ]; then
        mkdir "$dir/world"
        exec {served}< <(serve "$dir/world")
        read -r port <&"$served"
        upstream=http://127.0.0.1:$port
        make_world "$upstream"
        export Auxo__Egress__Allow=127.0.0.1
    fi
}

# Auxo and the upstream end with the script, whatever happened. Its logs are shown when it failed.
finish() {
    if [ "$1" != 0 ]; then tail -n 25 "$AUXO_HOME"/logs/*.log >&2 || true; fi
    auxo down >/dev/null 2>&1 || true
    pkill -f -- "$dir/world" 2>/dev/null || true
    rm -rf "$dir"
}

warm() {
    say "a network is there: the mirror of $upstream fetches what a lock file names"
    auxo up --detach >/dev/null
    auxo mirror add npm "$upstream"
    auxo registry setup npm --publish --write
    mkdir "$dir/project"
    cd "$dir/project"
    git init -q
    printf '{"name":"@proof/hello","version":"1.0.0","main":"index.js","dependencies":{}}\n' >package.json
    printf 'console.log(typeof require("%s"))\n' "$package" >index.js
    printf 'node_modules/\n' >.gitignore
    mkdir .auxo
    cat >.auxo/ci.yaml <<'YAML'
steps:
  - name: test
    run: npm ci --no-audit --no-fund && node index.js
  - name: package
    needs: test
    run: mkdir -p out && npm pack --silent --pack-destination out
    artifacts: [out/*.tgz]
YAML
    npm install --no-audit --no-fund --package-lock-only "$package"
    auxo mirror prefetch package-lock.json
    git add .
    git commit -qm 'Say hello'
    if command -v rad git-remote-rad >/dev/null; then
        rad auth --alias proof >/dev/null
        rad init --name hello --description 'An offline proof' --default-branch main --public --no-confirm >/dev/null
        rad . >"$dir/rid"
    else
        echo "$dir/project" >"$dir/rid"
    fi
    auxo down >/dev/null
}

# ── without one ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

cut() {
    local rid source
    rid=$(cat "$dir/rid")
    ip link set lo up
    say 'the network is cut'
    [ -z "$(ip route)" ] || die "there is still a route: $(ip route)"
    ! curl -sS --max-time 5 "$upstream/$package" || die "$upstream still answers"
    auxo up --detach >/dev/null

    say 'clone'
    source=$rid
    case $rid in rad:*) source=rad://${rid#rad:} ;; esac
    git clone -q "$source" "$dir/clone"
    cd "$dir/clone"

    say 'build: the step installs what the lock file names, from the mirror'
    auxo repo track "$rid" >/dev/null
    until auxo ci logs --follow "$(git rev-parse HEAD)" 2>/dev/null; do
        [ $SECONDS -lt 120 ] || die 'there is no build'
        sleep 0.5
    done
    auxo --json ci status --commit "$(git rev-parse HEAD)" | grep -q '"outcome": *"passed"' || die 'the build did not pass'

    say 'install: on this machine, with an empty cache'
    rm -rf "$npm_config_cache"
    npm ci --no-audit --no-fund
    node index.js

    say 'publish, and install what was published somewhere else'
    npm publish
    cd "$dir/empty"
    npm install --no-audit --no-fund @proof/hello
    node -e 'require("@proof/hello")'

    say 'verify: the artifact of the build, back to its commit and who signed it'
    auxo artifacts get "$rid" --provenance --output "$dir/got"
    auxo artifacts verify "$dir"/got/out/*.tgz --provenance "$dir"/got/provenance.dsse.json --key "$(auxo artifacts key)"
    auxo deps why "$package"

    say 'offline proof: passed'
}

while [ $# -gt 0 ]; do
    case $1 in
        --upstream) upstream=${2:?--upstream URL}; shift 2 ;;
        --package) package=${2:?--package NAME}; shift 2 ;;
        --cut) shift; dir=$1 upstream=$2 package=$3; cut; exit ;;
        *) die "it knows --upstream URL and --package NAME, not $1" ;;
    esac
done
[ -x "$bin/Auxo.AppHost/release/Auxo.AppHost" ] || die "Auxo is not built: $root/auxo demo"
for program in npm git curl python3 unshare ip; do command -v $program >/dev/null || die "$program is missing"; done
prepare
warm
own=()
[ "$(id -u)" = 0 ] || own=(--map-current-user)
unshare --net "${own[@]}" bash "$root/tests/offline/offline-proof.sh" --cut "$dir" "$upstream" "$package"
