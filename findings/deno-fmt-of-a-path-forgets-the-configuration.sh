#!/bin/sh
# Deno 2.9.6 formats the same file in two ways, by how it is named. `deno fmt` in the folder of deno.json uses the
# configuration for every file below it. `deno fmt site`, or the file by its name, uses the defaults when the folder
# has a package.json of its own, although the same deno.json stands above both. So what an editor or a pre-commit hook
# formats by name is refused by `deno fmt --check` in CI, and the other way round; --config deno.json agrees with CI.
#
# Seen on 29 November 2026:
#   no package.json | deno fmt --check: as it should be | site: as it should be | by its name: as it should be
#   package.json in site | deno fmt --check: as it should be | site: otherwise | by its name: otherwise
#   with --config | site: as it should be
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --no-audit --no-fund --loglevel=error deno@2.9.6 > /dev/null

mkdir -p project/site
cd project
printf '{ "fmt": { "singleQuote": true } }\n' > deno.json
printf "console.log('a');\n" > site/page.js
check() { "$folder/node_modules/.bin/deno" fmt --quiet --check "$@" > /dev/null 2>&1 && echo 'as it should be' || echo otherwise; }
all() { echo "$1 | deno fmt --check: $(check) | site: $(check site) | by its name: $(check site/page.js)"; }
{
  all 'no package.json'
  printf '{}\n' > site/package.json
  all 'package.json in site'
  echo "with --config | site: $(check --config deno.json site)"
} | tee ../seen.txt
cat > ../expected.txt <<'TEXT'
no package.json | deno fmt --check: as it should be | site: as it should be | by its name: as it should be
package.json in site | deno fmt --check: as it should be | site: otherwise | by its name: otherwise
with --config | site: as it should be
TEXT
diff ../expected.txt ../seen.txt
