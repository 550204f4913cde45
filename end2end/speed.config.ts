import { defineConfig } from "@playwright/test";
import config from "./playwright.config";

// How quick the pages are in a browser, from the same demo as the tests: part of make bench.
export default defineConfig({
  ...config,
  testMatch: /speed\.ts$/,
  reporter: "list",
  workers: 1,
  use: { ...config.use, trace: "off" },
  projects: [{ name: "speed" }],
});
