"use strict";
// The page in two engines that lack what today's browsers have, against the real
// server; and canaries, which prove that each engine would catch a slip. Both are
// put in place by ../legacy.sh.
const assert = require("node:assert/strict");
const { execFile } = require("node:child_process");
const fs = require("node:fs");
const http = require("node:http");
const os = require("node:os");
const path = require("node:path");
const { after, before, describe, test } = require("node:test");
const { server } = require("../e2e/browser");
const { Friend } = require("../e2e/friend");
const { dictionary, first_scripts, later_scripts } = require("../load");

const ENGINES = process.env.WEBQQ_ENGINES || "";
const GROUP = "Old machines";
// Long enough for the page to be waiting in a long-poll when it comes.
const ANSWER_AFTER_MS = 700;
const RUN_MS = 60000;

/** How each engine is started: (arguments) -> [program, arguments, environment]. */
const engines = {
  phantom: (args) => [path.join(ENGINES, "phantomjs"), [path.join(__dirname, "phantom.js"), ...args],
    // Its OpenSSL cannot read today's configuration; its language comes from the locale.
    { OPENSSL_CONF: "/dev/null", LANG: "C" }],
  htmlunit: (args) => ["java", ["-XX:TieredStopAtLevel=1", "-cp", path.join(ENGINES, "htmlunit.jar"),
    path.join(__dirname, "HtmlUnitIe11.java"), ...args], {}]
};

/** The engine's report, whether it liked what it saw or not. */
function run(engine, args) {
  const [program, line, more] = engines[engine](args);
  return new Promise((resolve, reject) => {
    execFile(program, line, { env: { ...process.env, ...more }, timeout: RUN_MS, maxBuffer: 1 << 24 }, (problem, out, err) => {
      const last = out.trimEnd().split("\n").pop();
      let report;
      try { report = JSON.parse(last); } catch (broken) {
        reject(new Error(`${engine} gave no report (${problem}): ${out.slice(-2000)} ${err.slice(-2000)}`));
        return;
      }
      resolve(report);
    });
  });
}

describe("a person uses the page", () => {
  let running;
  let friend;
  let folder;
  const words = {}; // by language: a file with all words of the page, and the names that its scripts give

  before(async () => {
    assert.ok(ENGINES && fs.existsSync(path.join(ENGINES, "phantomjs")),
      "The engines are not there: web/tests/legacy.sh gets them and runs these tests.");
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "webqq-words-"));
    const names = (files) => files.filter((file) => file.startsWith("js/")).map((file) => path.basename(file, ".js")).join(" ");
    const scripts = { "scripts.first": names(first_scripts()), "scripts.later": names(later_scripts()) };
    for (const language of ["en", "zh-CN"]) {
      words[language] = path.join(folder, `${language}.json`);
      fs.writeFileSync(words[language], JSON.stringify({ ...dictionary(language), ...scripts }, null, 2));
    }
    // As a release serves it: that is what people get. And of the 150 files that it is made of PhantomJS
    // now and then does not ask for one (nothing of it is on the wire), and waits for it for ever.
    running = await server({ joined: true, options: ["--post-rate", "0"] });
    friend = await Friend.sign_up(running.url, "friend", "Old friend");
    const group = await friend.create_group(GROUP);
    await friend.ask("PATCH", `/api/groups/${group}`, { history_shared: true });
    const second = await Friend.sign_up(running.url, "second", "Second friend");
    await second.join(group);
    for (let i = 1; i <= 130; i += 1) { await (i % 2 ? friend : second).say(group, `old ${i}.`); }
    await friend.listen(async (message) => {
      const asked = /^ping (.*)/.exec(message.body && message.body.text || "");
      if (!asked) { return; }
      await new Promise((resolve) => setTimeout(resolve, ANSWER_AFTER_MS));
      await friend.say(message.conversation, `pong ${asked[1]}`);
    });
  });

  after(async () => {
    if (friend) { await friend.hush(); }
    if (running) { await running.stop(); }
    if (folder) { fs.rmSync(folder, { recursive: true, force: true }); }
  });

  for (const [engine, language] of [["phantom", "en"], ["htmlunit", "zh-CN"]]) {
    test(`${engine} signs up, finds, scrolls up, writes, is answered, looks around, and comes back (${language})`, async (context) => {
      const report = await run(engine, ["use", running.url, GROUP, `user_${engine}`, words[language]]);
      context.diagnostic(`${engine}: ${report.ms} ms; ${report.steps.map(([ms, what]) => `${ms} ${what}`).join(" · ")}`);
      assert.deepEqual(report.complaints, [], JSON.stringify(report));
      assert.equal(report.ok, true);
    });
  }
});

// What each canary does is a thing the page must not do. Where `engine: false` stands, that
// engine is known not to notice; the other one has to.
const CANARIES = {
  fine: { phantom: false, htmlunit: false },
  arrow: { phantom: true },
  array_find: { phantom: true },
  closest: { phantom: true, htmlunit: true },
  custom_event: { htmlunit: true },
  element_append: { phantom: true, htmlunit: true },
  element_remove: { htmlunit: true },
  eventsource: { phantom: true, htmlunit: true },
  fetch: { phantom: true, htmlunit: true },
  let: { phantom: true },
  matches: { htmlunit: true },
  nodelist_foreach: { phantom: true, htmlunit: true },
  object_assign: { phantom: true, htmlunit: true },
  promise: { phantom: true, htmlunit: true },
  shared_worker: { phantom: true, htmlunit: true },
  string_includes: { phantom: true, htmlunit: true },
  template: { phantom: true },
  url_search_params: { phantom: true, htmlunit: true }
};

describe("canaries", () => {
  const folder = path.join(__dirname, "canary");
  let site;
  let url;

  before(async () => {
    site = http.createServer((request, response) => {
      const name = /^\/(\w+)\.js$/.exec(request.url);
      if (name) {
        response.setHeader("Content-Type", "text/javascript; charset=utf-8");
        response.end(fs.readFileSync(path.join(folder, name[1] + ".js")));
      } else {
        response.setHeader("Content-Type", "text/html; charset=utf-8");
        response.end(`<!doctype html><title>begun</title><ul><li id="leaf">leaf</li></ul><script src="${request.url}.js"></script>`);
      }
    });
    await new Promise((resolve) => site.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${site.address().port}`;
  });

  after(() => { if (site) { site.close(); } });

  test("every canary is in the table", () => {
    assert.deepEqual(fs.readdirSync(folder).sort(), Object.keys(CANARIES).map((name) => name + ".js").sort());
  });

  for (const engine of Object.keys(engines)) {
    test(`${engine} notices what it is there to notice`, async () => {
      const names = Object.keys(CANARIES).filter((name) => engine in CANARIES[name]);
      const reports = await run(engine, ["canary", ...names.map((name) => `${url}/${name}`)]);
      for (const [at, name] of names.entries()) {
        const { title } = reports.canaries[at];
        // It did not run to its end: of a script of the page that is told as a missing name or an error.
        const noticed = title === "begun";
        assert.equal(noticed, CANARIES[name][engine], `${name} in ${engine}: ${JSON.stringify(reports.canaries[at])}`);
        if (!noticed) { assert.equal(title, "sung", `${name} ran to its end`); }
      }
    });
  }
});
