import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "@playwright/test";

const root = fileURLToPath(new URL("..", import.meta.url));
const target = resolve(root, process.env.CARGO_TARGET_DIR ?? process.env.CARGO_BUILD_TARGET_DIR ?? "target");
const address = `http://127.0.0.1:${process.env.ALLOY_E2E_PORT ?? "3107"}`;

// The system's Chromium when there is one, else the browser that Playwright downloaded.
const chromium = [process.env.ALLOY_CHROMIUM, "/usr/bin/chromium"].find((path) => path && existsSync(path));

const noScript = /\.noscript\.spec\.ts$/;

export default defineConfig({
  testDir: ".",
  outputDir: resolve(target, "test-results"),
  reporter: [["list"], ["json", { outputFile: resolve(target, "test-logs/browser.json") }]],
  workers: 2,
  // A test that passes the second time is a fault to find, not to hide.
  retries: 0,
  // A slow machine is no failure: only what hangs is.
  timeout: 120_000,
  forbidOnly: !!process.env.CI,
  use: {
    baseURL: address,
    browserName: "chromium",
    locale: "en-GB",
    timezoneId: "UTC",
    screenshot: "only-on-failure",
    trace: "retain-on-failure",
    launchOptions: {
      executablePath: chromium,
      // The browser talks to our server alone, and runs as root in containers.
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  projects: [
    { name: "chromium", testIgnore: noScript },
    { name: "no-script", testMatch: noScript, use: { javaScriptEnabled: false } },
  ],
  webServer: {
    // Leptos.toml and the site are found from the root of the repository.
    cwd: root,
    command: ".ci/demo-server",
    url: `${address}/health/ready`,
    reuseExistingServer: false,
    timeout: 120_000,
    gracefulShutdown: { signal: "SIGTERM", timeout: 10_000 },
    stdout: "pipe",
    stderr: "pipe",
  },
});
