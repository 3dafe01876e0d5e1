#!/bin/sh
# Deno 2.9.6 reads the npm workspaces of the package.json above the file it runs. Where the folder of one is missing it
# says nothing; where the folder is there without its package.json it ends before it runs anything, though the file
# imports nothing from it and --node-modules-dir=manual leaves node_modules to others. Node runs the file each time. So
# a container image that takes the built output of a workspace along, and not its package.json, cannot run Deno.
#
# Seen on 29 November 2026:
#   node: hello
#   deno, with the workspace: hello
#   deno, with a folder that has no package.json: 1, Could not find package.json for workspace member
#   deno, without the folder: hello
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --no-audit --no-fund --loglevel=error deno@2.9.6 > /dev/null

mkdir -p project/site
printf '{"private": true, "workspaces": ["site"]}\n' > project/package.json
printf '{"name": "site", "version": "1.0.0"}\n' > project/site/package.json
printf "console.log('hello');\n" > project/hello.js
run() { "$folder/node_modules/.bin/deno" run --quiet --no-lock --node-modules-dir=manual project/hello.js 2>&1; }
{
  echo "node: $(node project/hello.js)"
  echo "deno, with the workspace: $(run)"
  rm project/site/package.json
  code=0
  said=$(run) || code=$?
  echo "deno, with a folder that has no package.json: $code, $(echo "$said" |
    grep -o 'Could not find package.json for workspace member')"
  rmdir project/site
  echo "deno, without the folder: $(run)"
} | tee seen.txt
cat > expected.txt <<'TEXT'
node: hello
deno, with the workspace: hello
deno, with a folder that has no package.json: 1, Could not find package.json for workspace member
deno, without the folder: hello
TEXT
diff expected.txt seen.txt
