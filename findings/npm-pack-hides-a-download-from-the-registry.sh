#!/usr/bin/env bash
# npm 11.19.1 puts what 'npm pack FOLDER' makes into its own cache, by its digest. When the same bytes are then published somewhere and
# installed on that machine, npm asks the registry for the packument and never for the tarball: it takes its own. Whoever counts on downloads
# (a mirror that keeps what was downloaded, an audit trail, retention by the last download) hears nothing of such an install, though it
# succeeded; and a mirror that was "warmed" so has a list of versions and no files when the network goes.
# What Auxo does: its docs say to warm a mirror with an empty cache, and 'auxo mirror prefetch' asks for the files itself (docs/mirrors.md).
# Needs node and npm. Seen on 2026-11-30 with npm 11.19.1 from the registry of npm:
#   packed here: 1 packument, 0 tarballs; with an empty cache: 1 packument, 1 tarballs
set -euo pipefail

folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; rm -rf "$folder"' EXIT
cd "$folder"
mkdir tool && (cd tool && npm install --silent --no-audit --no-fund npm@11.19.1)
npm() { node "$folder/tool/node_modules/npm/bin/npm-cli.js" "$@"; }
export HOME=$folder npm_config_update_notifier=false npm_config_audit=false npm_config_fund=false

mkdir made
echo '{"name":"made-here","version":"1.0.0"}' >made/package.json
npm pack --silent --cache "$folder/cache" ./made >/dev/null

# Two routes: the packument and the tarball. Each request is a line.
cat >server.js <<'END'
const crypto = require('crypto'), fs = require('fs'), http = require('http');
const tarball = fs.readFileSync('made-here-1.0.0.tgz');
http.createServer((request, response) => {
  fs.appendFileSync('asked', request.url + '\n');
  if (request.url.endsWith('.tgz')) return response.end(tarball);
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ name: 'made-here', 'dist-tags': { latest: '1.0.0' }, versions: { '1.0.0': {
    name: 'made-here', version: '1.0.0', dist: { tarball: `http://${request.headers.host}/made-here/-/made-here-1.0.0.tgz`,
      integrity: 'sha512-' + crypto.createHash('sha512').update(tarball).digest('base64') } } } }));
}).listen(0, '127.0.0.1', function () { fs.writeFileSync('port', String(this.address().port)); });
END
node server.js &
server=$!
until [ -s port ]; do sleep 0.1; done

# asked CACHE: what an install with it asks for.
asked() {
    rm -rf asked used
    mkdir used
    (cd used && echo '{}' >package.json && npm install --silent --cache "$1" --registry "http://127.0.0.1:$(cat ../port)/" made-here)
    [ -f used/node_modules/made-here/package.json ] || { echo "it was not installed" >&2; exit 1; }
    echo "$(grep -c 'made-here$' asked || true) packument, $(grep -c 'tgz$' asked || true) tarballs"
}

words="packed here: $(asked "$folder/cache"); with an empty cache: $(asked "$folder/empty")"
echo "$words"
[ "$words" = 'packed here: 1 packument, 0 tarballs; with an empty cache: 1 packument, 1 tarballs' ] || {
    echo "This has changed: see what docs/mirrors.md says of caches." >&2
    exit 1
}
