#!/bin/sh
# Deno 2.9.6 and Node 24.21.0: `of` is no reserved word, so a loop over a variable of that name is valid JavaScript, and
# valid TypeScript. As TypeScript, Deno runs the loop, without a word, for the first and the last element alone; Node
# refuses the file. As JavaScript both go through all elements. `deno lint` prints a SyntaxError for the TypeScript and
# ends with 0; `deno fmt` writes `const  of of[`.
#
# Seen on 29 November 2026:
#   Deno, loop.js: [1,2,3,4,5]
#   Deno, loop.ts: [1,5]
#   Node, loop.js: [1,2,3,4,5]
#   Node, loop.ts: SyntaxError
#   deno lint ends with 0: SyntaxError: Variable declaration list cannot be empty
#   deno fmt: for (const  of of[1, 2, 3, 4, 5]) seen.push(of);
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --no-audit --no-fund --loglevel=error deno@2.9.6 node@24.21.0 > /dev/null
export NO_COLOR=1

printf 'const seen = [];\nfor (const of of [1, 2, 3, 4, 5]) seen.push(of);\nconsole.log(JSON.stringify(seen));\n' > loop.js
cp loop.js loop.ts
{
  for name in loop.js loop.ts; do echo "Deno, $name: $(npx deno run $name)"; done
  echo "Node, loop.js: $(npx node loop.js)"
  echo "Node, loop.ts: $(npx node loop.ts 2>&1 | grep -o '^SyntaxError')"
  said=$(npx deno lint loop.ts 2>&1) && code=0 || code=$?
  echo "deno lint ends with $code: $(echo "$said" | grep -o 'SyntaxError: .*')"
  npx deno fmt loop.ts 2> /dev/null
  echo "deno fmt: $(sed -n 2p loop.ts)"
} | tee seen.txt
cat > expected.txt <<'TEXT'
Deno, loop.js: [1,2,3,4,5]
Deno, loop.ts: [1,5]
Node, loop.js: [1,2,3,4,5]
Node, loop.ts: SyntaxError
deno lint ends with 0: SyntaxError: Variable declaration list cannot be empty
deno fmt: for (const  of of[1, 2, 3, 4, 5]) seen.push(of);
TEXT
diff expected.txt seen.txt
