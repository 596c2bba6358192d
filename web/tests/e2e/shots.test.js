"use strict";
// Pictures of the page. WEBQQ_SHOTS=update writes the two that the README shows; another
// value is a folder that gets one of every state in three looks, for the eye. Without it
// nothing is written: then this only holds that what the pictures show is still on the page.
//
// No picture is compared with an older one (docs/decisions/0036-no-golden-pictures.md).
// To write pictures, Debian's fonts-wqy-microhei and fonts-noto-color-emoji have to be there.
const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const { test } = require("node:test");
const { PNG } = require("pngjs");
const { DESKTOP, PHONE, house } = require("./scene");
const { STATES } = require("./states");

const WANTED = process.env.WEBQQ_SHOTS || "";
const DOCS = path.join(__dirname, "../../../docs/img");
const LOOKS = {
  "desktop-light-zh": { language: "zh-CN", theme: "light", viewport: DESKTOP },
  "desktop-dark-en": { language: "en", theme: "dark", viewport: DESKTOP },
  "phone-light-zh": { language: "zh-CN", theme: "light", viewport: PHONE }
};
const README = { "chat-light.png": LOOKS["desktop-light-zh"], "chat-dark.png": LOOKS["desktop-dark-en"] };
// What a reader of the README is shown: several people, a reply, a picture, a mention, a file.
const SHOWN = ["张伟", "丽丽", "@小明", "好漂亮！在哪儿拍的？", "生命周期.txt"];

const { scene } = house();

/** Without a font for it, every Chinese character is the same empty box. */
async function has_chinese(page) {
  const two = await page.evaluate(() => ["你", "好"].map((text) => {
    const canvas = globalThis.document.createElement("canvas");
    const pen = canvas.getContext("2d");
    pen.font = "24px " + globalThis.getComputedStyle(globalThis.document.body).fontFamily;
    pen.fillText(text, 4, 30);
    return canvas.toDataURL();
  }));
  return two[0] !== two[1];
}

async function take(page, file) {
  assert.ok(await has_chinese(page), "There is no font with Chinese characters: apt-get install fonts-wqy-microhei");
  await page.evaluate(() => Promise.all([...globalThis.document.images].map((one) => one.decode().catch(() => {}))));
  fs.mkdirSync(path.dirname(file), { recursive: true });
  await page.screenshot({ path: file, animations: "disabled", caret: "hide" });
}

test("the conversation of the README", { timeout: 60000 }, async () => {
  const group = STATES.find((one) => one.name === "group");
  for (const [name, look] of Object.entries(README)) {
    const on = await scene(look);
    const page = await on.show(group);
    for (const text of SHOWN) { await page.getByText(text).first().waitFor(); }
    if (WANTED === "update") { await take(page, path.join(DOCS, name)); }
    assert.deepEqual(on.complaints, []);
    await on.close();
    const picture = PNG.sync.read(fs.readFileSync(path.join(DOCS, name)));
    assert.deepEqual([picture.width, picture.height], [look.viewport.width, look.viewport.height], `docs/img/${name}`);
  }
});

if (WANTED && WANTED !== "update") {
  for (const [look, values] of Object.entries(LOOKS)) {
    test(`one of every state: ${look}`, { timeout: 300000 }, async () => {
      const on = await scene(values);
      for (const state of STATES) {
        try {
          await take(await on.show(state), path.join(WANTED, `${state.name}-${look}.png`));
        } finally {
          await on.leave(state);
        }
      }
      await on.close();
    });
  }
}
