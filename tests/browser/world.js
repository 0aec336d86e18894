// What browser stories are told with: a server over a fresh sample district, phones and desks in Chromium,
// and a line to each phone that can be cut.

import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { chromium } from "playwright-core";

/** Everybody's in the sample district. */
export const PASSWORD = "xunfang-sample";
const PHONE = { width: 360, height: 740 };
const DESK = { width: 1440, height: 900 };
/** 神头镇, where the story takes place; WGS-84. */
const HERE = { latitude: 39.3812, longitude: 112.5221, accuracy: 12 };

const SHOTS = new URL("shots/", import.meta.url).pathname;
const XUNFANG = process.env.XUNFANG ?? new URL("../../target/debug/xunfang", import.meta.url).pathname;

/** Opens a server and a browser; `close` ends both. `XUNFANG_URL` names a server over a fresh sample
 * district that runs already, with its data in `XUNFANG_DATA`, for whoever writes these tests. */
export async function openWorld() {
  mkdirSync(SHOTS, { recursive: true });
  const running = process.env.XUNFANG_URL;
  const server = running ? { url: running, port: Number(new URL(running).port), data: process.env.XUNFANG_DATA, stop() {} } : await startServer();
  const browser = await launch([]);
  const browsers = [browser];
  const lines = [];
  const zh = { locale: "zh-CN", timezoneId: "Asia/Shanghai" };
  return {
    url: server.url,
    /** The register puts a cooperative into another area. */
    moves(cooperative, to) {
      execFileSync(XUNFANG, ["cooperative", "move", "--data", server.data, "--cooperative", cooperative, "--to", to]);
    },
    /** A phone on a line of its own; nobody is signed in on it. */
    async phone(name) {
      const line = await openLine(server.port);
      lines.push(line);
      const located = { geolocation: HERE, permissions: ["geolocation"] };
      const context = await browser.newContext({ viewport: PHONE, hasTouch: true, ...zh, ...located });
      return new Device(name, context, line);
    },
    /** A phone whose camera sees the film in a file, read anew whenever the camera is turned on. */
    async phoneWithCamera(name, film) {
      const line = await openLine(server.port);
      lines.push(line);
      const filming = await launch(["--use-fake-device-for-media-stream", `--use-file-for-fake-video-capture=${film}`]);
      browsers.push(filming);
      const context = await filming.newContext({ viewport: PHONE, hasTouch: true, ...zh, geolocation: HERE, permissions: ["geolocation"] });
      return new Device(name, context, line);
    },
    /** A file of evidence as the server keeps it. */
    evidence: (sha256) => readFileSync(join(server.data, "evidence", sha256.slice(0, 2), sha256)),
    /** Whether the server is ours to back up, stop and restore. */
    isOurs: !running,
    /** Backs the server up as it runs. */
    backsUp: () => server.backsUp(),
    /** Kills the server, as a power cut would, and serves the same again. */
    isKilled: () => server.isKilled(),
    /** Stops the server, restores the backup, and serves that at the same address. */
    restores: () => server.restores(),
    /** A browser at the office. */
    async desk(name) {
      const context = await browser.newContext({ viewport: DESK, ...zh });
      return new Device(name, context, { url: server.url });
    },
    async close() {
      for (const one of browsers) await one.close();
      for (const line of lines) line.close();
      await server.stop();
    },
  };
}

/** A browser, without a screen. */
function launch(more) {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-dev-shm-usage", ...more],
  });
}

/** A server over a fresh sample district; resolves once it listens. */
async function startServer() {
  const data = mkdtempSync(join(tmpdir(), "xunfang-"));
  const backups = mkdtempSync(join(tmpdir(), "xunfang-backups-"));
  let { url, port, stop, kill } = await serve(data, 0, []);
  return {
    url,
    port,
    data,
    backsUp: () => execFileSync(XUNFANG, ["backup", "--data", data, "--to", backups]),
    async restores() {
      await stop();
      const [backup] = readdirSync(backups).filter((name) => name.endsWith(".sqlite"));
      execFileSync(XUNFANG, ["restore", "--data", data, "--from", join(backups, backup), "--set-aside"]);
      ({ stop, kill } = await serve(data, port, ["--backup-to", backups]));
    },
    async isKilled() {
      await kill();
      ({ stop, kill } = await serve(data, port, []));
    },
    async stop() {
      await stop();
      for (const folder of [data, backups]) rmSync(folder, { recursive: true });
    },
  };
}

/** Serves a data folder until it is stopped; resolves once it listens. */
async function serve(data, at, more) {
  const child = spawn(XUNFANG, ["serve", "--sample", "--data", data, "--listen", `127.0.0.1:${at}`, ...more], {
    stdio: ["ignore", "inherit", "pipe"],
    env: { ...process.env, NO_COLOR: "1" },
  });
  const url = await new Promise((resolve, reject) => {
    const said = [];
    createInterface({ input: child.stderr }).on("line", (line) => {
      said.push(line);
      const found = /listening on (http:\/\/[\d.:]+)/.exec(line);
      if (found) resolve(found[1]);
    });
    child.on("error", reject);
    child.on("exit", (code) => reject(new Error(`the server ended (${code}):\n${said.join("\n")}`)));
  });
  const ends = (signal) => async () => {
    const ended = new Promise((resolve) => child.on("exit", resolve));
    child.kill(signal);
    await ended;
  };
  return { url, port: Number(new URL(url).port), stop: ends("SIGTERM"), kill: ends("SIGKILL") };
}

/** A line to the server at an address of its own, so that cutting it cuts everything, service worker
 * included. */
async function openLine(port) {
  const open = new Set();
  let isCut = false;
  let left = Infinity;
  let told = () => {};
  const server = createServer((phone) => {
    if (isCut) return phone.destroy();
    const far = connect(port, "127.0.0.1");
    phone.on("data", ({ length }) => {
      left -= length;
      if (left > 0) return;
      left = Infinity;
      cut(true);
      told();
    });
    for (const [from, to] of [[phone, far], [far, phone]]) {
      open.add(from);
      from.pipe(to);
      from.on("error", () => to.destroy());
      from.on("close", () => {
        open.delete(from);
        to.destroy();
      });
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const cut = (whether) => {
    isCut = whether;
    if (isCut) for (const socket of open) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    cut,
    /** Cuts itself once so many more bytes have come from the phone; resolves then. */
    cutAfter: (bytes) =>
      new Promise((resolve) => {
        left = bytes;
        told = resolve;
      }),
    close: () => {
      cut(true);
      server.close();
    },
  };
}

/** Messages of the console that only say that the line was cut. */
const ABOUT_THE_LINE = /net::ERR_/;

/** A phone or a desk: one browser profile with one page at a time. */
export class Device {
  #shots = 0;
  /** What the console complained about. */
  complaints = [];

  constructor(name, context, line) {
    this.name = name;
    this.context = context;
    this.line = line;
    context.setDefaultTimeout(60_000);
    context.on("console", (message) => {
      const text = message.text();
      if (["error", "warning"].includes(message.type()) && !ABOUT_THE_LINE.test(text)) this.complaints.push(text);
    });
    context.on("weberror", (error) => this.complaints.push(String(error.error())));
  }

  /** Opens a page at an address of the app. */
  async opens(path = "/") {
    this.page = await this.context.newPage();
    await this.page.goto(this.line.url + path);
    return this.page;
  }

  /** Killed, and opened again at the same address. */
  async isReopened() {
    const { pathname } = new URL(this.page.url());
    await this.page.close();
    return this.opens(pathname);
  }

  /** Goes to another address of the app. */
  async goes(path) {
    await this.page.goto(this.line.url + path);
  }

  async signsIn(account) {
    await this.page.getByLabel("账号").fill(account);
    await this.page.getByLabel("密码", { exact: true }).fill(PASSWORD);
    await this.page.getByRole("button", { name: "登录", exact: true }).click();
  }

  /** Out of reach of any network. */
  async goesOffline() {
    this.line.cut(true);
    await this.context.setOffline(true);
  }

  async comesOnline() {
    this.line.cut(false);
    await this.context.setOffline(false);
  }

  /** A picture for people to look at, numbered in the order of the story. */
  async shows(what, options = {}) {
    this.#shots += 1;
    const number = String(this.#shots).padStart(2, "0");
    await this.page.screenshot({ path: `${SHOTS}${this.name}-${number}-${what}.png`, ...options });
  }
}

/** Looks again and again until there is something to see; fails after a minute. */
export async function until(what, look) {
  for (let left = 600; left > 0; left -= 1) {
    const seen = await look();
    if (seen) return seen;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`never came true: ${what}`);
}
