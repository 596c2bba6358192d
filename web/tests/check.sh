#!/bin/sh
# Checks the page: lint, types, unit tests; with --e2e the browser tests as well
# (they need WEBQQ_BIN, the built server, and Chromium).
set -eu
cd "$(dirname "$0")"

# Installed packages are kept until the lock file says otherwise.
if ! cmp -s package-lock.json node_modules/.installed-lock; then
  npm ci --no-audit --no-fund --silent
  cp package-lock.json node_modules/.installed-lock
fi

# eslint takes its own folder as the base of its patterns; the page is one above.
(cd .. && tests/node_modules/.bin/eslint --config tests/eslint.config.js --max-warnings 0 js tests)
node_modules/.bin/tsc --project tsconfig.json
node --test tidy.test.js unit/*.test.js

if [ "${1:-}" = "--e2e" ]; then
  # One file after the other: each starts a server and browsers of its own.
  node --test --test-concurrency=1 e2e/*.test.js
fi
