// Photos to test with: drawn in the browser, as large as a phone's camera makes them, each its own.

/** A JPEG with so many megapixels, told apart by its number; `exif` as {@link exifSegment} takes it. */
export async function photo(page, megapixels, number, exif) {
  const drawn = await page.evaluate(
    async ([pixels, seed]) => {
      const width = Math.round(Math.sqrt((pixels * 4) / 3));
      const canvas = new OffscreenCanvas(width, Math.round((width * 3) / 4));
      const context = canvas.getContext("2d");
      let state = seed + 1;
      const chance = () => (state = (state * 48271) % 2147483647) / 2147483647;
      // Large shapes and fine grain, because a smooth picture would compress to nothing.
      for (let shape = 0; shape < 4000; shape += 1) {
        context.fillStyle = `hsl(${chance() * 360} 60% ${20 + chance() * 60}%)`;
        const size = canvas.width * 0.12 * chance() ** 2;
        context.fillRect(chance() * canvas.width - size / 2, chance() * canvas.height - size / 2, size, size);
      }
      const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: "image/jpeg", quality: 0.9 })).arrayBuffer());
      let text = "";
      for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
      return btoa(text);
    },
    [megapixels * 1e6, number],
  );
  const jpeg = Buffer.from(drawn, "base64");
  const buffer = exif ? Buffer.concat([jpeg.subarray(0, 2), exifSegment(exif), jpeg.subarray(2)]) : jpeg;
  return { name: `IMG_${number}.jpg`, mimeType: "image/jpeg", buffer };
}

/** What a camera writes into a photo: how it was held, when, and where (degrees, minutes and seconds). */
function exifSegment({ orientation, taken, latitude, longitude }) {
  const entries = (list) => {
    const count = Buffer.alloc(2);
    count.writeUInt16BE(list.length);
    return Buffer.concat([count, ...list, Buffer.alloc(4)]);
  };
  const entry = (tag, type, many, value) => {
    const bytes = Buffer.alloc(12);
    bytes.writeUInt16BE(tag, 0);
    bytes.writeUInt16BE(type, 2);
    bytes.writeUInt32BE(many, 4);
    if (type === 3) bytes.writeUInt16BE(value, 8);
    else if (Buffer.isBuffer(value)) value.copy(bytes, 8);
    else bytes.writeUInt32BE(value, 8);
    return bytes;
  };
  const rationals = (values) =>
    Buffer.concat(
      values.map((value) => {
        const bytes = Buffer.alloc(8);
        bytes.writeUInt32BE(Math.round(value * 100), 0);
        bytes.writeUInt32BE(100, 4);
        return bytes;
      }),
    );
  const date = Buffer.from(`${taken}\0`, "latin1");
  // Three directories one after the other, what doesn't fit into an entry behind them.
  const first = 8;
  const exif = first + 2 + 3 * 12 + 4;
  const gps = exif + 2 + 12 + 4;
  const data = gps + 2 + 4 * 12 + 4;
  const tiff = Buffer.concat([
    Buffer.from("MM\0*\0\0\0\x08", "latin1"),
    entries([entry(0x0112, 3, 1, orientation), entry(0x8769, 4, 1, exif), entry(0x8825, 4, 1, gps)]),
    entries([entry(0x9003, 2, date.length, data)]),
    entries([
      entry(1, 2, 2, Buffer.from("N\0")),
      entry(2, 5, 3, data + date.length),
      entry(3, 2, 2, Buffer.from("E\0")),
      entry(4, 5, 3, data + date.length + 24),
    ]),
    date,
    rationals(latitude),
    rationals(longitude),
  ]);
  const head = Buffer.from([0xff, 0xe1, 0, 0, 0x45, 0x78, 0x69, 0x66, 0, 0]);
  head.writeUInt16BE(tiff.length + 8, 2);
  return Buffer.concat([head, tiff]);
}
