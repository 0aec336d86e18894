// How the web app is built: JSX by oxc for Preact, one small first bundle, the rest on demand.
import { defineConfig, loadEnv } from "vite";
import about from "./package.json" with { type: "json" };
import { englishApart } from "./english-apart.ts";
import { isNeededFirst } from "./needed-first.ts";
import { precache } from "./precache.ts";

const server = loadEnv("", ".", "XUNFANG_").XUNFANG_SERVER ?? "http://127.0.0.1:8080";

export default defineConfig({
  define: { __APP_VERSION__: JSON.stringify(about.version) },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  plugins: [englishApart("src/words"), precache(["icon.svg", "icon-192.png", "icon-512.png", "manifest.webmanifest"])],
  build: {
    target: "es2022",
    sourcemap: false,
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: { index: "index.html", sw: "src/sw.ts" },
      output: {
        // The service worker keeps its address, or the browser would never look for a newer one.
        entryFileNames: ({ name }) => (name === "sw" ? "sw.js" : "assets/[name]-[hash].js"),
        // What several parts use is one file where the app can't start without it, and another where it can.
        // Left alone, the bundler makes a file for every set of parts, and small files compress badly.
        codeSplitting: {
          groups: [{ name: (id, modules) => (isNeededFirst(id, modules) ? "shared" : "later-shared"), minShareCount: 2 }],
          // Else whichever group is made first takes what its modules import, be it needed first or not.
          includeDependenciesRecursively: false,
        },
      },
    },
  },
  worker: { format: "es" },
  server: { proxy: { "/api": server, "/health": server } },
  preview: { proxy: { "/api": server, "/health": server } },
});
