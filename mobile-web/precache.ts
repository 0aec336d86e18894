// A Vite plugin: writes into the service worker which files make up the app on a phone. The office's files
// are left out; they are fetched where somebody opens it.
import type { Plugin } from "vite";

const WORKER = "sw.js";
const PLACEHOLDER = "__PRECACHE__";

/** The plugin. `alongside` are the files of the public folder that belong to the app. */
export function precache(alongside: readonly string[]): Plugin {
  return {
    name: "precache",
    apply: "build",
    enforce: "post",
    async generateBundle(_, bundle) {
      const worker = bundle[WORKER];
      if (worker?.type !== "chunk") throw new Error(`the build has no ${WORKER}`);
      const ofOffice = new Set<string>();
      for (const file of Object.values(bundle)) {
        if (file.type !== "chunk" || !file.moduleIds.some((id) => id.includes("/src/office/"))) continue;
        ofOffice.add(file.fileName);
        for (const style of file.viteMetadata?.importedCss ?? []) ofOffice.add(style);
      }
      const built = Object.keys(bundle).filter((name) => name.startsWith("assets/") && !ofOffice.has(name));
      const files = [...built, ...alongside].sort().map((name) => `/${name}`);
      const shell = bundle["index.html"];
      const page = shell?.type === "asset" ? String(shell.source) : "";
      const precached = JSON.stringify({ version: await digest([...files, page].join("\n")), files });
      worker.code = worker.code.replaceAll(PLACEHOLDER, precached);
    },
  };
}

/** The built files carry a hash of their content in their names, so names tell whether anything changed. */
async function digest(text: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(hash, 0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
