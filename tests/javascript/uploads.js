// Photos go up with the stock client of tus, over a line that breaks, and arrive byte for byte. (E1 to E4, E6)

import assert from "node:assert/strict";
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { crc32, deflateSync } from "node:zlib";

import * as tus from "tus-js-client";

import { PASSWORD } from "../browser/world.js";

const UPLOADS = "/api/v1/evidence/uploads";

/** The tests, over a server with the sample district. */
export function uploads(opened) {
  test("the stock client goes on after each of three breaks, at 2 % more than the photo (E1, E6)", async (t) => {
    const photo = picture(700, 500);
    const breaks = [0.2, 0.5, 0.8].map((share) => Math.round(share * photo.length));
    const line = await breakingLine(opened.world.url, breaks);
    const { file } = await sends(line.url, photo, await signIn(opened.world.url));
    line.close();
    assert.deepEqual(opened.world.evidence(file.sha256), photo);
    assert.equal(line.broken(), 3);
    assert.ok(line.bytes() <= 1.02 * photo.length, `${line.bytes()} bytes for ${photo.length}`);
    t.diagnostic(`${photo.length} bytes of photo, ${line.bytes()} over the line`);
  });

  test("killed in the middle, the next start goes on where it stood (E2)", async () => {
    const folder = mkdtempSync(join(tmpdir(), "xunfang-uploads-"));
    const storage = { urlStorage: new tus.FileUrlStorage(join(folder, "urls")), fingerprint: async () => "photo" };
    const photo = picture(300, 200);
    const token = await signIn(opened.world.url);
    const line = await breakingLine(opened.world.url, [photo.length / 2]);
    await assert.rejects(sends(line.url, photo, token, { ...storage, retryDelays: null }));

    const file = announced(photo);
    const upload = new tus.Upload(photo, options(line.url, file, token, storage));
    const [before] = await upload.findPreviousUploads();
    upload.resumeFromPreviousUpload(before);
    const offsets = [];
    upload.options.onProgress = (sent) => offsets.push(sent);
    await ended(upload);
    line.close();
    rmSync(folder, { recursive: true });
    assert.ok(offsets[0] >= photo.length / 3, `it began at ${offsets[0]}`);
    assert.deepEqual(opened.world.evidence(file.sha256), photo);
  });

  test("a server that is killed again and again keeps what it had (E2)", async (t) => {
    if (!opened.world.isOurs) return t.skip("the server is somebody else's");
    const photo = picture(700, 500);
    const [chunkSize, retryDelays] = [40_000, Array(200).fill(20)];
    let [kills, serving] = [0, Promise.resolve()];
    const onChunkComplete = (_, accepted) => {
      if (accepted / photo.length <= (kills + 1) / 5) return;
      kills += 1;
      serving = serving.then(() => opened.world.isKilled());
    };
    const token = await signIn(opened.world.url);
    const { file } = await sends(opened.world.url, photo, token, { chunkSize, retryDelays, onChunkComplete });
    await serving;
    assert.ok(kills >= 3, `killed ${kills} times`);
    assert.deepEqual(opened.world.evidence(file.sha256), photo);
  });

  test("a photo goes up with the request that begins its upload, and in parts with checksums (E1)", async () => {
    const token = await signIn(opened.world.url);
    const small = picture(60, 40);
    const { file } = await sends(opened.world.url, small, token, { uploadDataDuringCreation: true });
    assert.deepEqual(opened.world.evidence(file.sha256), small);

    const photo = picture(200, 100);
    const chunkSize = 10_000;
    let sums = 0;
    const onBeforeRequest = (request) => {
      if (request.getMethod() !== "PATCH") return;
      const offset = Number(request.getHeader("Upload-Offset"));
      const sum = createHash("sha1").update(photo.subarray(offset, offset + chunkSize)).digest("base64");
      request.setHeader("Upload-Checksum", `sha1 ${sum}`);
      sums += 1;
    };
    const sent = await sends(opened.world.url, photo, token, { chunkSize, onBeforeRequest });
    assert.equal(sums, Math.ceil(photo.length / chunkSize));
    assert.deepEqual(opened.world.evidence(sent.file.sha256), photo);
  });

  test("what was sent before is there at once (E3)", async () => {
    const photo = picture(80, 60);
    const token = await signIn(opened.world.url);
    await sends(opened.world.url, photo, token);
    const line = await breakingLine(opened.world.url, []);
    await sends(line.url, photo, token, { chunkSize: 1 });
    line.close();
    assert.ok(line.bytes() < 5_000, "only heads went over the line");
  });

  test("another file than announced is refused by name, and one given up is gone (E4)", async () => {
    const token = await signIn(opened.world.url);
    const file = announced(picture(60, 40));
    const upload = new tus.Upload(picture(60, 40), options(opened.world.url, file, token, { retryDelays: null }));
    const refused = await ended(upload).then(() => undefined, (error) => error);
    assert.equal(JSON.parse(refused.originalResponse.getBody()).code, "wrong_hash");

    const given = new tus.Upload(picture(500, 400), options(opened.world.url, announced(picture(9, 9)), token, {}));
    const started = new Promise((resolve) => (given.options.onUploadUrlAvailable = resolve));
    given.start();
    await started;
    const { url } = given;
    await given.abort(true);
    const head = await fetch(url, { method: "HEAD", headers: headers(token) });
    assert.equal(head.status, 404);
  });
}

/** A token for a phone of a coordinator. */
async function signIn(url) {
  const answer = await fetch(`${url}/api/v1/sign-in`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      account: "coordinator-shentou",
      password: PASSWORD,
      device: { id: null, name: "test" },
      for: "phone",
    }),
  });
  return (await answer.json()).access_token;
}

const headers = (token) => ({ Authorization: `Bearer ${token}`, "Tus-Resumable": "1.0.0" });

/** What is said of a file before it goes up. */
function announced(bytes) {
  return {
    visit: randomUUID(),
    sha256: createHash("sha256").update(bytes).digest("hex"),
    media_type: "image/png",
  };
}

function options(url, file, token, more) {
  return {
    endpoint: url + UPLOADS,
    metadata: file,
    headers: { Authorization: `Bearer ${token}` },
    retryDelays: [0, 0, 0, 0, 0],
    ...more,
  };
}

/** Sends a file to its end. */
async function sends(url, bytes, token, more = {}) {
  const file = announced(bytes);
  const upload = new tus.Upload(bytes, options(url, file, token, more));
  await ended(upload);
  return { file, upload };
}

function ended(upload) {
  return new Promise((resolve, reject) => {
    upload.options.onSuccess = resolve;
    upload.options.onError = reject;
    upload.start();
  });
}

/** A line to the server that breaks once so many bytes went up over it, counted from its beginning. */
async function breakingLine(to, breaks) {
  const left = [...breaks];
  let [bytes, broken] = [0, 0];
  const server = createServer((phone) => {
    const far = connect(Number(new URL(to).port), "127.0.0.1");
    phone.on("data", (piece) => {
      const until = left[0] === undefined ? piece.length : Math.max(0, Math.ceil(left[0]) - bytes);
      const passing = piece.subarray(0, until);
      bytes += passing.length;
      far.write(passing);
      if (left[0] !== undefined && bytes >= left[0]) {
        left.shift();
        broken += 1;
        far.end();
        phone.destroy();
      }
    });
    far.on("data", (piece) => phone.write(piece));
    for (const [one, other] of [[phone, far], [far, phone]]) {
      one.on("error", () => other.destroy());
      one.on("close", () => other.end());
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    bytes: () => bytes,
    broken: () => broken,
    close: () => server.close(),
  };
}

/** A PNG of noise (W3C PNG §5, 11.2). */
function picture(width, height) {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const rows = Array.from({ length: height }, () => Buffer.concat([Buffer.of(0), randomBytes(3 * width)]));
  const chunk = (type, content) => {
    const named = Buffer.concat([Buffer.from(type), content]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(content.length);
    sum.writeUInt32BE(crc32(named));
    return Buffer.concat([length, named, sum]);
  };
  const signature = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
  const pixels = deflateSync(Buffer.concat(rows), { level: 0 });
  return Buffer.concat([signature, chunk("IHDR", head), chunk("IDAT", pixels), chunk("IEND", Buffer.alloc(0))]);
}
