import { defineConfig } from "vitest/config";

import { words } from "./words";

export default defineConfig({
  plugins: [words()],
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/test/setup.ts"],
    restoreMocks: true,
    env: { TZ: "Asia/Shanghai" },
  },
});
