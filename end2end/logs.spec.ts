import type { Page } from "@playwright/test";
import { axe, expect, hydrated, signIn, test } from "./support";

const rows = (page: Page) => page.getByRole("table", { name: "Runs" }).getByRole("button");
const range = (page: Page) => page.getByRole("navigation", { name: "Pages" }).getByRole("status");

test.beforeEach(async ({ page }) => {
  await signIn(page, "admin", "/logs");
});

test("P-1 P-11 the list shows 25 of 2,000 runs, newest first", async ({ page }) => {
  await expect(page).toHaveTitle("Execution Logs · Alloy");
  await expect(page.getByText("All skill executions across the organization")).toBeVisible();
  await expect(rows(page)).toHaveCount(25);
  await expect(range(page)).toHaveText("1–25 of 2,000");
  const times = await page.locator("td.runs-created time").evaluateAll((all) => all.map((time) => time.getAttribute("datetime")));
  expect(times).toEqual([...times].sort().reverse());
  await expect(rows(page).first()).toHaveAttribute("aria-expanded", "false");
  for (const name of ["Status", "Skill", "AI Teammate", "Channel", "Model", "Duration", "Tokens", "Cost", "Created"]) {
    await expect(page.getByRole("columnheader", { name, exact: true })).toBeVisible();
  }
  await axe(page);
});

test("P-8 pages are in the URL, and back and forward walk through them", async ({ page }) => {
  const pages = page.getByRole("navigation", { name: "Pages" });
  await expect(pages.getByRole("link", { name: "Newer" })).toHaveCount(0);
  await pages.getByRole("link", { name: "Older" }).click();
  await expect(page).toHaveURL(/\/logs\?page=2$/);
  await expect(range(page)).toHaveText("26–50 of 2,000");
  await pages.getByRole("link", { name: "Last page" }).click();
  await expect(range(page)).toHaveText("1,976–2,000 of 2,000");
  await expect(pages.getByRole("link", { name: "Older" })).toHaveCount(0);
  await page.goBack();
  await expect(range(page)).toHaveText("26–50 of 2,000");
  await page.reload();
  await expect(range(page)).toHaveText("26–50 of 2,000");
  await hydrated(page);
  await pages.getByRole("link", { name: "First page" }).click();
  await expect(page).toHaveURL(/\/logs$/);
});

test("P-8 past the end the page says so and links to the last", async ({ page }) => {
  await page.goto("/logs?page=900");
  await hydrated(page);
  await expect(page.getByRole("heading", { name: "Past the last page" })).toBeVisible();
  await axe(page);
  await page.getByRole("link", { name: "Go to page 80" }).click();
  await expect(range(page)).toHaveText("1,976–2,000 of 2,000");
});

test("P-7 the page size is kept, and the server renders no other", async ({ page }) => {
  await page.goto("/logs?page=3");
  await hydrated(page);
  await page.getByRole("combobox", { name: "Rows per page" }).selectOption("10");
  await expect(rows(page)).toHaveCount(10);
  await expect(range(page)).toHaveText("51–60 of 2,000");
  expect(await page.evaluate(() => localStorage.getItem("alloy:logs-page-size"))).toBe("10");
  const [answer] = await Promise.all([page.waitForResponse((response) => response.url().includes("/logs")), page.reload()]);
  expect((await answer.text()).split('class="run-toggle"').length - 1).toBe(10);
  await hydrated(page);
  await expect(rows(page)).toHaveCount(10);
  await expect(page.getByRole("combobox", { name: "Rows per page" })).toHaveValue("10");
});

test("P-7 localStorage decides where the cookie is gone, and nonsense in it means 25", async ({ page, context }) => {
  await page.evaluate(() => localStorage.setItem("alloy:logs-page-size", "50"));
  await page.reload();
  await expect(rows(page)).toHaveCount(50);
  await page.evaluate(() => localStorage.setItem("alloy:logs-page-size", "{broken"));
  await context.clearCookies({ name: "alloy-logs-page-size" });
  await page.reload();
  await hydrated(page);
  await expect(rows(page)).toHaveCount(25);
});

test("P-10 refresh asks again and keeps what is expanded", async ({ page }) => {
  const failed = page.getByRole("button", { name: /^Failed, / }).first();
  await failed.click();
  await expect(page.getByRole("region", { name: "Run details" })).toBeVisible();
  const asked = page.waitForResponse((response) => response.url().endsWith("/fn/list_runs"));
  await page.getByRole("button", { name: "Refresh" }).click();
  expect((await asked).status()).toBe(200);
  await expect(page.getByRole("region", { name: "Run details" })).toBeVisible();
  await expect(rows(page)).toHaveCount(25);
});

test("P-13 a row expands in place, loads once, and is in the URL", async ({ page }) => {
  const failed = page.getByRole("button", { name: /^Failed, / }).first();
  await failed.focus();
  await page.keyboard.press("Enter");
  const details = page.getByRole("region", { name: "Run details" });
  await expect(failed).toHaveAttribute("aria-expanded", "true");
  await expect(details.getByRole("heading", { name: "Input" })).toBeVisible();
  await expect(details.getByText("Run", { exact: true })).toBeVisible();
  await expect(failed).toBeFocused();
  await expect(page).toHaveURL(/\/logs\?run=[0-9a-f-]{36}$/);
  await axe(page);
  await page.keyboard.press("Enter");
  await expect(details).toHaveCount(0);
  await expect(page).toHaveURL(/\/logs$/);
});

test("P-13 a link opens the run at first paint", async ({ page, browser }) => {
  await page.getByRole("button", { name: /^Failed, / }).first().click();
  await expect(page).toHaveURL(/run=/);
  const link = page.url();
  const context = await browser.newContext({ javaScriptEnabled: false, storageState: await page.context().storageState() });
  const plain = await context.newPage();
  await plain.goto(link);
  await expect(plain.getByRole("region", { name: "Run details" }).getByRole("heading", { name: "Input" })).toBeVisible();
  await context.close();
});

test("P-14 a linked run that is not on the page stands above it, and leaves with a change of page", async ({ page }) => {
  await page.goto("/logs?page=40");
  await hydrated(page);
  await rows(page).nth(3).click();
  await expect(page).toHaveURL(/page=40&run=/);
  const run = new URL(page.url()).searchParams.get("run");
  await page.goto(`/logs?run=${run}`);
  await hydrated(page);
  await expect(page.getByRole("region", { name: "Linked run" }).getByRole("heading", { name: "Input" })).toBeVisible();
  await axe(page);
  await page.getByRole("link", { name: "Older" }).click();
  await expect(page.getByRole("region", { name: "Linked run" })).toHaveCount(0);
  await expect(page).toHaveURL(/\/logs\?page=2$/);
});

test("P-12 an unknown run is told in one sentence", async ({ page }) => {
  await page.goto("/logs?run=00000000-0000-4000-8000-000000000000");
  await hydrated(page);
  await expect(page.getByText("This run is not here")).toBeVisible();
  await expect(rows(page)).toHaveCount(25);
});

test("P-28 filters in the URL are seen and removed one by one or all at once", async ({ page }) => {
  await page.goto("/logs?utm=x&status=failed&channel=api&date=30d");
  await hydrated(page);
  const filters = page.getByRole("group", { name: "Active filters" });
  await expect(filters.getByRole("button", { name: "Remove filter: Date Range Last 30 days" })).toBeVisible();
  await filters.getByRole("button", { name: "Remove filter: Channel API" }).click();
  await expect(page).toHaveURL(/\/logs\?utm=x&status=failed&date=30d$/);
  await expect(rows(page).first()).toContainText("Failed");
  await filters.getByRole("button", { name: "Clear filters" }).click();
  await expect(page).toHaveURL(/\/logs\?utm=x$/);
  await expect(range(page)).toHaveText("1–25 of 2,000");
});

test("P-3 P-5 a teammate's page has its runs, and its API tab only what came by the API", async ({ page }) => {
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Nora" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Nora" })).toBeVisible();
  await expect(page.getByRole("columnheader", { name: "AI Teammate" })).toHaveCount(0);
  await expect(rows(page)).toHaveCount(25);
  await page.getByRole("tab", { name: "API" }).click();
  await expect(page).toHaveURL(/\?tab=api$/);
  await expect(page.getByRole("tab", { name: "API" })).toHaveAttribute("aria-selected", "true");
  await expect(page.locator("td.runs-channel").filter({ hasNotText: "API" })).toHaveCount(0);
  await axe(page);
});

test("one moves between surfaces while they load, and back and forward through them", async ({ page }) => {
  const main = page.getByRole("navigation", { name: "Main" });
  await page.goto("/logs?page=3&status=failed");
  await hydrated(page);
  await rows(page).first().click();
  await main.getByRole("link", { name: "Nora" }).click();
  await page.getByRole("tab", { name: "API" }).click();
  await page.getByRole("tab", { name: "Logs" }).click();
  await main.getByRole("link", { name: "Otis" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Otis" })).toBeVisible();
  await page.getByRole("link", { name: "Older" }).click();
  await main.getByRole("link", { name: "Execution Logs" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Execution Logs" })).toBeVisible();
  await expect(range(page)).toHaveText("1–25 of 2,000");
  await page.goBack();
  await expect(page).toHaveURL(/\/staff\/ai\/[0-9a-f-]{36}\?page=2$/);
  await expect(page.getByRole("heading", { level: 1, name: "Otis" })).toBeVisible();
  await page.goForward();
  await expect(range(page)).toHaveText("1–25 of 2,000");
});

test.describe("in the viewer's zone", () => {
  test.use({ timezoneId: "Asia/Tokyo" });

  test("P-11 times are exact on hover, with the zone named", async ({ page }) => {
    const time = page.locator("td.runs-created time").first();
    await expect(time).toHaveAttribute("title", /GMT\+9|JST/);
    await expect(time).toHaveText(/min ago|just now|h ago/);
  });
});

for (const [scheme, width] of [["light", 1440], ["dark", 1440], ["light", 390], ["dark", 390]] as const) {
  test.describe(`${scheme} at ${width}`, () => {
    test.use({ colorScheme: scheme, viewport: { width, height: 900 } });

    test(`P-54 nothing overflows, jumps or is hard to read: ${scheme} at ${width}`, async ({ page }) => {
      await page.addInitScript(() => {
        (window as unknown as { shifts: number }).shifts = 0;
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) {
            (window as unknown as { shifts: number }).shifts += (entry as unknown as { value: number }).value;
          }
        }).observe({ type: "layout-shift", buffered: true });
      });
      await page.goto("/logs");
      await hydrated(page);
      expect(await page.evaluate(() => (window as unknown as { shifts: number }).shifts)).toBe(0);
      await page.getByRole("button", { name: /^Failed, / }).first().click();
      await expect(page.getByRole("region", { name: "Run details" }).getByRole("heading", { name: "Input" })).toBeVisible();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      await axe(page);
    });
  });
}
