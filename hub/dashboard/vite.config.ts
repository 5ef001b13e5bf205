import locales from "@react-aria/optimize-locales-plugin";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

import { words } from "./words";

export default defineConfig({
  base: "/",
  plugins: [
    words(),
    react(),
    { ...locales.vite({ locales: ["en-US", "zh-CN"] }), enforce: "pre" as const },
  ],
  // The server puts a fresh nonce in place of this word in every answer.
  html: { cspNonce: "__CSP_NONCE__" },
  // The words are read by their keys: an export for each would only be loaded.
  json: { namedExports: false },
  build: {
    outDir: "dist",
    target: "es2022",
    manifest: true,
    // A data: URL would need its own word in the content security policy.
    assetsInlineLimit: 0,
  },
  server: { proxy: { "/api": "http://127.0.0.1:8080" } },
});
