#!/bin/sh
# Deno 2.9.6 and Node 24.21.0 (npm packages deno@2.9.6 and node@24.21.0) show other clocks for the same
# instant: in January 2027 America/Vancouver is at -08:00 in Deno and at -07:00 in Node, America/Edmonton at
# -07:00 in Deno and at -06:00 in Node. Neither says so by its version of the zone data alone, so a program
# that is run by both (an edge function and a server, say) turns one instant into two wall clocks.
#
# Seen on 28 November 2026:
#   deno America/Vancouver 1/15/2027, 04:00 America/Edmonton 1/15/2027, 05:00
#   node America/Vancouver 1/15/2027, 05:00 America/Edmonton 1/15/2027, 06:00
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --no-audit --no-fund --loglevel=error --ignore-scripts=false deno@2.9.6 node@24.21.0 > /dev/null

cat > clocks.mjs <<'JS'
const at = new Date('2027-01-15T12:00:00Z');
const clock = (timeZone) =>
  `${timeZone} ${at.toLocaleString('en-US', { timeZone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: '2-digit', minute: '2-digit' })}`;
console.log(typeof Deno === 'undefined' ? 'node' : 'deno', clock('America/Vancouver'), clock('America/Edmonton'));
JS
{ npx deno run clocks.mjs; npx node clocks.mjs; } | tee seen.txt
cat > expected.txt <<'TEXT'
deno America/Vancouver 1/15/2027, 04:00 America/Edmonton 1/15/2027, 05:00
node America/Vancouver 1/15/2027, 05:00 America/Edmonton 1/15/2027, 06:00
TEXT
diff expected.txt seen.txt
