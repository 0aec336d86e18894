// How the web app is built: JSX by oxc for Preact, one small first bundle, the rest on demand.
import { defineConfig, loadEnv } from "vite";

const server = loadEnv("", ".", "XUNFANG_").XUNFANG_SERVER ?? "http://127.0.0.1:8080";

export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: { target: "es2022", sourcemap: false, assetsInlineLimit: 0 },
  worker: { format: "es" },
  server: { proxy: { "/api": server, "/health": server } },
  preview: { proxy: { "/api": server, "/health": server } },
});
