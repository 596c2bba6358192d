"use strict";
// Pictures made of numbers, so that tests need no files.
const { PNG } = require("pngjs");

function png(width, height, colour) {
  const picture = new PNG({ width, height });
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const [red, green, blue] = colour(x / width, y / height);
      picture.data.set([red, green, blue, 255], (y * width + x) * 4);
    }
  }
  return PNG.sync.write(picture);
}

const mix = (a, b, part) => a.map((one, at) => Math.round(one + (b[at] - one) * Math.min(1, Math.max(0, part))));

/** Evening over two hills. */
function landscape(width, height) {
  return png(width, height, (x, y) => {
    if (y > 0.78 - 0.16 * Math.sin(x * 3.6 + 0.4)) { return mix([38, 84, 72], [20, 52, 52], (y - 0.6) * 2); }
    if (y > 0.66 - 0.12 * Math.sin(x * 5.2 + 2.2)) { return [74, 118, 116]; }
    const sun = Math.hypot((x - 0.68) * width / height, y - 0.36);
    if (sun < 0.11) { return [255, 236, 190]; }
    return mix([255, 201, 140], mix([92, 132, 190], [250, 178, 132], y * 1.5), sun * 1.6);
  });
}

/** A face in two colours, another one for each number. */
function face(number) {
  const hues = [[9, 99, 166], [201, 90, 60], [72, 130, 84], [132, 88, 160], [190, 140, 40], [60, 130, 140]];
  const ground = hues[number % hues.length];
  return png(240, 240, (x, y) => {
    if (Math.hypot(x - 0.5, y - 0.4) < 0.17 || Math.hypot((x - 0.5) * 0.9, y - 0.98) < 0.3) { return mix(ground, [255, 255, 255], 0.82); }
    return mix(ground, [255, 255, 255], 0.25 * (1 - y));
  });
}

module.exports = { face, landscape };
