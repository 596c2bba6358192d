"use strict";
// The page is ES5 for real: what old browsers lack is a lint error, not a surprise.
const MISSING = [
  "closest", "remove", "append", "prepend", "before", "after", "replaceWith", "matches", "scrollTo", "scrollBy",
  "find", "findIndex", "fill", "includes", "startsWith", "endsWith", "repeat", "padStart", "padEnd", "flat", "flatMap",
  "assign", "entries", "values", "from", "finally", "randomUUID"
];
const readonly = (names) => Object.fromEntries(names.map((name) => [name, "readonly"]));

const COMMON = {
  eqeqeq: "error", "no-multi-str": "error", "no-undef": "error", "no-unused-vars": ["error", { args: "after-used", caughtErrors: "none" }],
  "no-shadow": "error",
  "max-len": ["error", { code: 140 }], "no-console": "error", "no-eval": "error",
  curly: "error", "no-unreachable": "error", "no-dupe-keys": "error"
};

module.exports = [
  {
    files: ["js/**/*.js"],
    languageOptions: {
      ecmaVersion: 5, sourceType: "script",
      // Without EventSource, Promise, fetch …: who tests for one says self.EventSource.
      globals: readonly(["self", "document", "preact", "XMLHttpRequest", "setTimeout", "clearTimeout", "Uint8Array"])
    },
    rules: {
      ...COMMON,
      strict: ["error", "function"],
      "no-restricted-properties": ["error", ...MISSING.map((property) => ({ property, message: "Old browsers lack it." }))]
    }
  },
  {
    files: ["tests/**/*.js"],
    // Run inside other engines, see below; canaries break rules on purpose.
    ignores: ["tests/legacy/phantom.js", "tests/legacy/canary/*.js"],
    languageOptions: {
      ecmaVersion: 2022, sourceType: "commonjs",
      globals: readonly([
        "require", "module", "process", "__dirname", "setTimeout", "clearTimeout", "URL", "globalThis", "Uint8Array",
        "fetch", "AbortSignal"
      ])
    },
    rules: { ...COMMON, strict: ["error", "global"] }
  },
  {
    files: ["tests/legacy/phantom.js"],
    languageOptions: {
      ecmaVersion: 5, sourceType: "commonjs",
      globals: readonly(["phantom", "require", "document", "window", "setTimeout"])
    },
    rules: { ...COMMON, strict: ["error", "global"] }
  },
  {
    files: ["tests/legacy/canary/*.js"],
    languageOptions: { ecmaVersion: 2022, sourceType: "script", globals: readonly(["document", "window"]) }
  }
];
