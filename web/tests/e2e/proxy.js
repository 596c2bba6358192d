"use strict";
// The network between browser and server, with a hand on it. Inside the browser
// it cannot be cut: its own "offline" leaves open streams running.
const net = require("node:net");

/** proxy("http://127.0.0.1:4711") -> { url, cut(), heal(), swallow(path), stop() } */
async function proxy(to) {
  const target = new URL(to);
  const pairs = new Set();
  let down = false;
  let swallowed = null;

  const server = net.createServer((client) => {
    if (down) { return client.destroy(); }
    const upstream = net.connect(Number(target.port), target.hostname);
    const pair = { client, upstream };
    pairs.add(pair);
    let mute = false;
    const end = () => {
      pairs.delete(pair);
      client.destroy();
      upstream.destroy();
    };
    client.on("data", (chunk) => {
      // One request at a time per connection: its first line decides.
      const line = /^[A-Z]+ (\S+) HTTP/.exec(chunk.toString("latin1"));
      if (line) { mute = Boolean(swallowed) && line[1].startsWith(swallowed); }
      upstream.write(chunk);
    });
    upstream.on("data", (chunk) => { if (!mute) { client.write(chunk); } });
    for (const side of [client, upstream]) {
      side.on("error", end);
      side.on("close", end);
    }
    return undefined;
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));

  return {
    url: `http://127.0.0.1:${server.address().port}`,
    cut: () => {
      down = true;
      for (const pair of pairs) { pair.client.destroy(); }
    },
    heal: () => { down = false; },
    /** Requests go through, answers of this path never arrive: a proxy that buffers. */
    swallow: (path) => { swallowed = path; },
    stop: () => {
      for (const pair of pairs) { pair.client.destroy(); }
      server.close();
    }
  };
}

module.exports = { proxy };
