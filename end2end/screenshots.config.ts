import { defineConfig } from "@playwright/test";
import config from "./playwright.config";

// The pictures of the documentation, from the same demo as the tests: make screenshots.
export default defineConfig({
  ...config,
  testMatch: /screenshots\.ts$/,
  reporter: "list",
  projects: [{ name: "screenshots" }],
});
