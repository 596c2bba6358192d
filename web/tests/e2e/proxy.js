"use strict";
// The network between browser and server, with a hand on it. Inside the browser
// it cannot be cut: its own "offline" leaves open streams running, and what a
// shared worker asks for it does not show.
const net = require("node:net");

/** Hands a piece on, and takes no more from a side than the other can take: a slow way is slow at both ends. */
function pass(from, to, chunk) {
  if (to.write(chunk)) { return; }
  from.pause();
  to.once("drain", () => from.resume());
}

/**
 * proxy("http://127.0.0.1:4711", told) -> { url, cut(), heal(), blackhole(), swallow(path, by), held(), open(path), waiting(path),
 *   asked(path), stop() }
 * told(path) is called for each request.
 */
async function proxy(to, told = () => undefined) {
  const target = new URL(to);
  const pairs = new Set();
  const counts = new Map();
  let down = false;
  let hole = false;
  let swallowed = null;

  const server = net.createServer((client) => {
    if (down) { return client.destroy(); }
    const upstream = net.connect(Number(target.port), target.hostname);
    const pair = { client, upstream, path: "" };
    pairs.add(pair);
    const end = () => {
      pairs.delete(pair);
      client.destroy();
      upstream.destroy();
    };
    client.on("data", (chunk) => {
      // One request at a time per connection: its first line decides.
      const head = chunk.toString("latin1");
      const line = /^[A-Z]+ (\S+) HTTP/.exec(head);
      if (line) {
        pair.path = new URL(line[1], to).pathname;
        pair.answered = false;
        pair.mute = Boolean(swallowed) && pair.path.startsWith(swallowed.path) &&
          (!swallowed.by || head.toLowerCase().includes(`sec-fetch-dest: ${swallowed.by}\r\n`));
        counts.set(pair.path, (counts.get(pair.path) || 0) + 1);
        told(pair.path);
      }
      if (!hole) { pass(client, upstream, chunk); }
    });
    upstream.on("data", (chunk) => {
      pair.answered = true;
      if (!pair.mute && !hole) { pass(upstream, client, chunk); }
    });
    for (const side of [client, upstream]) {
      side.on("error", end);
      side.on("close", end);
    }
    return undefined;
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  server.unref();

  return {
    url: `http://127.0.0.1:${server.address().port}`,
    cut: () => {
      down = true;
      for (const pair of pairs) { pair.client.destroy(); }
    },
    heal: () => {
      down = false;
      if (!hole) { return; }
      hole = false;
      // What fell into the hole is gone; nobody comes back to such a connection.
      for (const pair of pairs) { pair.client.destroy(); }
    },
    /** Everything stays open and nothing arrives any more. */
    blackhole: () => { hole = true; },
    /** Requests go through, answers of this path (asked for by a script, a worker…) never arrive: a proxy that buffers. */
    swallow: (path, by = "") => { swallowed = path && { path, by }; },
    /** Connections that are open now and whose answer is swallowed. */
    held: () => [...pairs].filter((pair) => pair.mute).length,
    /** Connections that are open now and whose latest request was for this path. */
    open: (path) => [...pairs].filter((pair) => pair.path === path).length,
    /** Requests for this path that have no answer yet. */
    waiting: (path) => [...pairs].filter((pair) => pair.path === path && !pair.answered).length,
    /** Requests for this path so far. */
    asked: (path) => counts.get(path) || 0,
    stop: () => {
      for (const pair of pairs) { pair.client.destroy(); }
      server.close();
    }
  };
}

module.exports = { proxy };
