import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Page } from "@playwright/test";
import { axe, details, expect, hydrated, range, rows, signIn, test as base } from "./support";

const root = fileURLToPath(new URL("..", import.meta.url));
const program = resolve(root, process.env.CARGO_TARGET_DIR ?? process.env.CARGO_BUILD_TARGET_DIR ?? "target", "release/alloy-logs");

/** A server of its own: what is written here would be in the way of other tests. */
class Server {
  address = "";
  private child?: ChildProcess;
  private readonly folder = mkdtempSync(join(tmpdir(), "alloy-live-"));
  private readonly organization: string;
  private readonly token: string;

  constructor() {
    const made = this.run("demo", "--runs", "60", "--seed", "7", "--password", "halden-demo");
    this.organization = /\(([0-9a-f-]{36})\)/.exec(made)![1];
    this.token = this.run("token", "create", "--org", "Halden", "--scope", "runs:write");
  }

  private environment(port = "0") {
    return {
      ...process.env,
      ALLOY_DATABASE_URL: `sqlite://${this.folder}/alloy.db`,
      ALLOY_ATTACHMENTS_DIR: `${this.folder}/attachments`,
      LEPTOS_SITE_ADDR: `127.0.0.1:${port}`,
    };
  }

  run(...args: string[]): string {
    return execFileSync(program, args, { cwd: root, env: this.environment(), encoding: "utf8" }).trim();
  }

  /** Starts a program of this installation. */
  start(...args: string[]): ChildProcess {
    return spawn(program, args, { cwd: root, env: this.environment(), stdio: "ignore" });
  }

  async serve() {
    const port = this.address.split(":").pop() || "0";
    this.child = spawn(program, ["serve"], { cwd: root, env: this.environment(port), stdio: ["ignore", "ignore", "pipe"] });
    for await (const line of createInterface(this.child.stderr!)) {
      const address = /serving.*address=(\S+)/.exec(line.replace(/\u001b\[\d+m/g, ""))?.[1];
      if (address) {
        this.address = `http://${address}`;
        this.child.stderr!.resume();
        return;
      }
    }
    throw new Error("the program does not serve");
  }

  async stop() {
    this.child!.kill("SIGTERM");
    await once(this.child!, "exit");
  }

  async end() {
    await this.stop();
    rmSync(this.folder, { recursive: true });
  }

  /** Writes a run as an engine does. */
  async put(id: string, members: object) {
    const path = `/api/organizations/${this.organization}/workflows/00000000-0000-4000-8000-000000000001/runs/${id}/`;
    const answer = await fetch(`${this.address}${path}`, {
      method: "PUT",
      headers: { authorization: `Bearer ${this.token}`, "content-type": "application/json" },
      body: JSON.stringify({ workflow_name: "Live check", ...members }),
    });
    expect(answer.ok, await answer.text()).toBe(true);
  }

  /** Writes a run that has just begun; its id and what it was. */
  async begin(members: object = {}) {
    const now = new Date().toISOString();
    const run = { id: randomUUID(), members: { status: "running", created_at: now, started_at: now, ...members } };
    await this.put(run.id, run.members);
    return run;
  }
}

const test = base.extend<object, { server: Server }>({
  server: [
    async ({}, use) => {
      const server = new Server();
      await server.serve();
      await use(server);
      await server.end();
    },
    { scope: "worker" },
  ],
  baseURL: async ({ server }, use) => use(server.address),
});

const first = (page: Page) => page.getByRole("table", { name: "Runs" }).locator("tr.run").first();
const row = (page: Page, id: string) => page.locator("tr.run").filter({ has: page.locator(`#toggle-${id}`) });
const news = (page: Page) => page.locator(".news").getByRole("link");

/** How many runs the list says that there are. */
async function total(page: Page): Promise<number> {
  return Number((await range(page).textContent())!.split(" of ")[1].replaceAll(",", ""));
}

/** As if the tab were hidden, or seen again. */
async function hide(page: Page, hidden: boolean) {
  await page.evaluate((hidden) => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
    document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
  }, hidden);
}

/** Opens a list, and waits until it is told what is written. */
async function open(page: Page, path: string) {
  const told = page.waitForResponse((response) => response.url().includes("/runs/events/"));
  await signIn(page, "admin", path);
  expect((await told).status()).toBe(200);
}

test("P-51 a run appears on the first page, ticks and finishes, and nothing is loaded again", async ({ page, server }) => {
  await open(page, "/logs");
  await page.evaluate(() => ((window as any).same = true));
  const before = await total(page);
  const run = await server.begin({ input_message: "Is somebody there?" });
  await expect(first(page)).toContainText("Is somebody there?");
  await expect(first(page).getByRole("button")).toHaveAccessibleName(/^Running, Live check/);
  await expect(rows(page)).toHaveCount(25);
  await expect(range(page)).toHaveText(`1–25 of ${before + 1}`);
  const duration = first(page).locator(".runs-duration");
  const so_far = await duration.textContent();
  await expect(duration).not.toHaveText(so_far!);
  const again = await duration.textContent();
  await expect(duration).not.toHaveText(again!);
  const step = { id: "s1", name: "Look up", status: "completed" };
  await server.put(run.id, { ...run.members, steps: [step], status: "completed", completed_at: new Date().toISOString(), duration_ms: 4200 });
  await expect(first(page).getByRole("button")).toHaveAccessibleName(/^Completed, Live check/);
  await expect(duration).toHaveText("4.2 s");
  expect(await page.evaluate(() => (window as any).same)).toBe(true);
  await axe(page);
});

test("P-51 elsewhere nothing moves, and one is told how many are new", async ({ page, server }) => {
  const running = await server.begin();
  for (let n = 0; n < 25; n++) await server.begin();
  await open(page, "/logs?page=2");
  const before = await rows(page).evaluateAll((all) => all.map((button) => button.id));
  const said = await range(page).textContent();
  for (const count of [1, 2, 3]) {
    await server.begin();
    await expect(news(page)).toHaveText(`${count} new`);
  }
  expect(await rows(page).evaluateAll((all) => all.map((button) => button.id))).toEqual(before);
  await expect(range(page)).toHaveText(said!);
  await expect(row(page, running.id)).toContainText("Running");
  // What is on the page goes on where it stands.
  await server.put(running.id, { ...running.members, status: "failed", failed_at: new Date().toISOString(), error_message: "No answer" });
  await expect(row(page, running.id)).toContainText("Failed");
  await expect(page.locator(".news")).toHaveRole("status");
  await axe(page);
  await news(page).click();
  await expect(page).toHaveURL(/\/logs$/);
  await expect(news(page)).toHaveCount(0);
  await expect(rows(page)).toHaveCount(25);
});

test("P-51 nothing moves under the pointer or around the focus", async ({ page, server }) => {
  await open(page, "/logs");
  await rows(page).nth(3).hover();
  const before = await rows(page).first().getAttribute("id");
  const one = await server.begin();
  await expect(news(page)).toHaveText("1 new");
  await expect(rows(page).first()).toHaveAttribute("id", before!);
  await page.getByRole("heading", { level: 1 }).hover();
  await expect(rows(page).first()).toHaveAttribute("id", `toggle-${one.id}`);
  await expect(news(page)).toHaveCount(0);
  await rows(page).nth(3).focus();
  const two = await server.begin();
  await expect(news(page)).toHaveText("1 new");
  await expect(rows(page).first()).toHaveAttribute("id", `toggle-${one.id}`);
  await news(page).click();
  await expect(rows(page).first()).toHaveAttribute("id", `toggle-${two.id}`);
  await expect(page).toHaveURL(/\/logs$/);
});

test("P-50 P-51 what is chosen of the histogram is not lost when runs come in", async ({ page, server }) => {
  await open(page, "/logs");
  const bars = page.getByRole("slider", { name: "Runs over time" });
  const count = page.locator(".figure").filter({ hasText: "Runs" }).locator("dd").first();
  await bars.focus();
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Shift+ArrowLeft");
  const words = await bars.getAttribute("aria-valuetext");
  const before = await count.textContent();
  await server.begin();
  await expect(count).not.toHaveText(before!);
  await expect(bars).toBeFocused();
  await expect(bars).toHaveAttribute("aria-valuetext", words!);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\?date=.*Z\.\..*Z$/);
});

test("P-51 a filtered list is told of its own runs, and one that does not fit any more goes", async ({ page, server }) => {
  await open(page, "/logs?status=suspended");
  const run = await server.begin();
  const other = await server.begin({ status: "suspended", suspended_at: new Date().toISOString() });
  await expect(row(page, other.id)).toBeVisible();
  await expect(row(page, run.id)).toHaveCount(0);
  const before = await total(page);
  await server.put(run.id, { ...run.members, status: "suspended", suspended_at: new Date().toISOString() });
  await expect(row(page, run.id)).toBeVisible();
  await server.put(other.id, { ...other.members, status: "completed", completed_at: new Date().toISOString() });
  await expect(row(page, other.id)).toHaveCount(0);
  expect(await total(page)).toBe(before);
});

test("P-17 a step that failed beyond the first thousand comes by itself, and no line is drawn twice", async ({ page, server }) => {
  const run = await server.begin();
  const at = run.members.created_at;
  const steps = Array.from({ length: 1_150 }, (_, n) => ({ id: `s${n}`, name: `Step ${n}`, status: "completed", started_at: at, ended_at: at, output: { n } }));
  steps[1_120] = { ...steps[1_120], status: "failed", error: "The parcel is gone." } as (typeof steps)[0];
  await server.put(run.id, { ...run.members, steps, status: "failed", failed_at: at, error_message: "The parcel is gone." });
  await open(page, "/logs");
  await page.evaluate(() => {
    (window as any).gone = 0;
    new MutationObserver((records) => {
      const gone = records.flatMap((record) => [...record.removedNodes]).filter((node) => node instanceof Element);
      (window as any).gone += gone.filter((node) => (node as Element).matches(".step, :has(.step)")).length;
    }).observe(document, { subtree: true, childList: true });
  });
  await row(page, run.id).click();
  await expect(page.locator(".step-cause > details[open]")).toBeInViewport({ timeout: 30_000 });
  await expect.poll(() => page.locator(".step").count()).toBe(1_150);
  expect(await page.evaluate(() => (window as any).gone)).toBe(0);
});

test("P-51 the expanded run follows, and is not pushed off the page", async ({ page, server }) => {
  const run = await server.begin();
  await open(page, `/logs?run=${run.id}`);
  const step = (name: string) => ({ id: name, name, status: "completed", started_at: run.members.created_at, ended_at: run.members.created_at });
  await server.put(run.id, { ...run.members, steps: [step("Look up order")] });
  await expect(details(page)).toContainText("Look up order");
  // What is there stays there in every frame.
  const fewest = await page.evaluateHandle(() => {
    const seen = { steps: Infinity };
    const look = () => {
      seen.steps = Math.min(seen.steps, document.querySelectorAll(".step").length);
      requestAnimationFrame(look);
    };
    look();
    return seen;
  });
  await server.put(run.id, { ...run.members, steps: [step("Look up order"), step("Post credit note")] });
  await expect(details(page)).toContainText("Post credit note");
  expect(await fewest.evaluate((seen) => seen.steps)).toBe(1);
  for (let n = 0; n < 26; n++) await server.begin();
  await expect(news(page)).toBeVisible();
  await expect(details(page)).toBeVisible();
  await expect(page).toHaveURL(new RegExp(run.id));
});

test("P-51 a hidden tab listens to nothing, and catches up when it is seen", async ({ page, server }) => {
  await open(page, "/logs");
  const closed = page.waitForEvent("requestfinished", (request) => request.url().includes("/runs/events/")).catch(() => {});
  const failed = page.waitForEvent("requestfailed", (request) => request.url().includes("/runs/events/")).catch(() => {});
  await hide(page, true);
  await Promise.race([closed, failed]);
  const run = await server.begin();
  const known = await (await page.request.get("/health/live")).status();
  expect(known).toBe(200);
  await expect(row(page, run.id)).toHaveCount(0);
  const listens = page.waitForRequest((request) => request.url().includes("/runs/events/"));
  await hide(page, false);
  await listens;
  await expect(rows(page).first()).toHaveAttribute("id", `toggle-${run.id}`);
});

test.describe("when the server goes away", () => {
  test.use({ allowedConsole: [/net::ERR_|Failed to load resource/] });

  test("P-51 a page that was cut off comes again and catches up", async ({ page, server }) => {
    await open(page, "/logs");
    await server.stop();
    await server.serve();
    const run = await server.begin();
    await expect(rows(page).first()).toHaveAttribute("id", `toggle-${run.id}`, { timeout: 20_000 });
  });
});

test("P-51 without motion for those who want none", async ({ page, server }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await open(page, "/logs");
  const run = await server.begin();
  await expect(row(page, run.id)).toHaveClass(/run-arrives/);
  expect(await row(page, run.id).evaluate((row) => getComputedStyle(row).animationName)).toBe("none");
});

test("P-51 the demo at work fills a teammate's page", async ({ page, server }) => {
  await open(page, "/logs");
  const link = page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Nora" });
  const nora = (await link.getAttribute("href"))!;
  // Some of the past that the demo was made with are at work.
  const atWork = `/logs?status=running&teammate=${nora.split("/").pop()}`;
  await page.goto(atWork);
  const running = await page.locator("tr.run").count();
  await page.goto(nora);
  await hydrated(page);
  const before = await total(page);
  const demo = server.start("demo", "--live", "--speed", "20");
  try {
    await expect.poll(() => total(page), { timeout: 30_000 }).toBeGreaterThan(before);
  } finally {
    demo.kill("SIGINT");
    await once(demo, "exit");
  }
  expect(demo.exitCode).toBe(0);
  // Nothing that was at work is left so.
  await page.goto(atWork);
  await expect(page.locator("tr.run")).toHaveCount(running);
});
