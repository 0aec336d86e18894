// A film for the camera of a browser: a QR on a grey wall, standing still.

import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";

const { default: encodeQR } = await import(createRequire(new URL("../../mobile-web/package.json", import.meta.url)).resolve("qr"));

const WIDE = 640;
const HIGH = 480;
const SQUARE_PX = 7;
const WALL = 150;

/** Writes a film (YUV4MPEG2) of the QR that says `content`. */
export function film(path, content) {
  const squares = encodeQR(content, "raw", { ecc: "medium", border: 4 });
  const side = squares.length * SQUARE_PX;
  const [left, top] = [(WIDE - side) >> 1, (HIGH - side) >> 1];
  const light = Buffer.alloc(WIDE * HIGH, WALL);
  for (let y = 0; y < side; y += 1) {
    for (let x = 0; x < side; x += 1) {
      const isDark = squares[Math.floor(y / SQUARE_PX)][Math.floor(x / SQUARE_PX)];
      light[(top + y) * WIDE + left + x] = isDark ? 30 : 225;
    }
  }
  const grey = Buffer.alloc((WIDE * HIGH) / 2, 128);
  const frame = Buffer.concat([Buffer.from("FRAME\n"), light, grey]);
  writeFileSync(path, Buffer.concat([Buffer.from(`YUV4MPEG2 W${WIDE} H${HIGH} F10:1 Ip A1:1 C420jpeg\n`), frame, frame]));
}
