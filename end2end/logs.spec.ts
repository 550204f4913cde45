import { axe, choose, details, expect, filter, hydrated, range, rows, signIn, test } from "./support";

test.beforeEach(async ({ page }) => {
  await signIn(page, "admin", "/logs");
});

test("P-1 P-6 P-11 the list shows 25 of 2,000 runs, newest first", async ({ page }) => {
  await expect(page).toHaveTitle("Execution Logs · Alloy");
  await expect(page.getByRole("heading", { level: 1, name: "Execution Logs" })).toBeVisible();
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

test("P-8 past the end the page says so and links to the last, and a bad number is the first", async ({ page }) => {
  await page.goto("/logs?page=900");
  await hydrated(page);
  await expect(page.getByRole("heading", { name: "Past the last page" })).toBeVisible();
  await axe(page);
  await page.getByRole("link", { name: "Go to page 80" }).click();
  await expect(range(page)).toHaveText("1,976–2,000 of 2,000");
  await page.goto("/logs?page=nonsense");
  await expect(range(page)).toHaveText("1–25 of 2,000");
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

test("P-9 a filter pushes and keeps what it does not own, typing replaces, and reload shows the same", async ({ page }) => {
  await page.goto("/logs?page=2&utm=x");
  await hydrated(page);
  const before = await page.evaluate(() => history.length);
  await choose(page, "Status", "Failed");
  await expect(page).toHaveURL(/\/logs\?utm=x&status=failed$/);
  expect(await page.evaluate(() => history.length)).toBe(before + 1);
  await page.getByRole("searchbox", { name: "Search runs" }).pressSequentially("refund");
  await expect(page).toHaveURL(/\/logs\?utm=x&status=failed&q=refund$/);
  expect(await page.evaluate(() => history.length)).toBe(before + 1);
  const shown = await rows(page).count();
  await page.reload();
  await hydrated(page);
  await expect(rows(page)).toHaveCount(shown);
  await expect(page.getByRole("searchbox", { name: "Search runs" })).toHaveValue("refund");
  await page.goBack();
  await expect(page).toHaveURL(/\/logs\?page=2&utm=x$/);
  await expect(range(page)).toHaveText("26–50 of 2,000");
  await expect(page.getByRole("searchbox", { name: "Search runs" })).toHaveValue("");
  await page.goForward();
  await expect(page.getByRole("searchbox", { name: "Search runs" })).toHaveValue("refund");
});

test("P-10 refresh asks again and keeps what is expanded, the scroll and the focus", async ({ page }) => {
  // Of a run that failed, its cause is brought into sight when it has come.
  await rows(page).filter({ hasText: "Completed" }).nth(8).click();
  await expect(details(page).getByRole("tab").first()).toBeVisible();
  const before = await page.evaluate(() => scrollY);
  const refresh = page.getByRole("button", { name: "Refresh" });
  const asked = page.waitForResponse((response) => response.url().endsWith("/fn/list_runs"));
  await refresh.evaluate((button: HTMLElement) => {
    button.focus({ preventScroll: true });
    button.click();
  });
  expect((await asked).status()).toBe(200);
  await expect(details(page).getByRole("tab").first()).toBeVisible();
  await expect(rows(page)).toHaveCount(25);
  await expect(refresh).toBeFocused();
  expect(await page.evaluate(() => scrollY)).toBe(before);
});

test("P-11 no number is cut off", async ({ page }) => {
  await page.goto("/logs?status=failed");
  const cost = page.locator("td.runs-cost").filter({ hasText: "<$0.0001" });
  await expect(cost.first()).toBeVisible();
  for (const width of [1440, 1100, 900]) {
    await page.setViewportSize({ width, height: 900 });
    const cut = await page
      .locator("td.runs-number")
      .evaluateAll((cells) => cells.filter((cell) => cell.scrollWidth > cell.clientWidth).map((cell) => cell.textContent));
    expect(cut, `at ${width}`).toEqual([]);
  }
});

test("P-10 old rows stay, dimmed, while new ones load, and a late answer for another filter is dropped", async ({ page }) => {
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  let first = true;
  await page.route("**/fn/list_runs", async (route) => {
    if (first) {
      first = false;
      await held;
    }
    await route.continue();
  });
  await choose(page, "Status", "Failed");
  await expect(page.locator(".runs")).toHaveAttribute("aria-busy", "true");
  await expect(rows(page)).toHaveCount(25);
  await choose(page, "Status", "Completed");
  await expect(page.locator("td.runs-status").filter({ hasNotText: "Completed" })).toHaveCount(0);
  release();
  await expect(page.locator(".runs")).toHaveAttribute("aria-busy", "false");
  await expect(page.locator("td.runs-status").filter({ hasNotText: "Completed" })).toHaveCount(0);
  await expect(page).toHaveURL(/status=completed$/);
});

test("P-12 a page older than its server keeps its rows, and offers to be loaded again", async ({ page }) => {
  const body = Buffer.concat([Buffer.of(0xff), Buffer.from("of another shape")]);
  await page.route("**/fn/list_runs", (route) => route.fulfill({ contentType: "application/octet-stream", body }));
  await page.getByRole("link", { name: "Older" }).click();
  const alert = page.getByRole("alert");
  await expect(alert).toContainText("There is a newer version");
  await expect(rows(page)).toHaveCount(25);
  await axe(page);
  await alert.getByRole("link", { name: "Load the page again" }).click();
  await expect(range(page)).toHaveText("26–50 of 2,000");
  await expect(alert).toHaveCount(0);
});

test("P-12 what a proxy answers in the server's place is no answer", async ({ page }) => {
  await page.route("**/fn/list_runs", (route) => route.fulfill({ contentType: "text/html", body: "<h1>Sign in to the net</h1>" }));
  await page.getByRole("link", { name: "Older" }).click();
  const alert = page.getByRole("alert");
  await expect(alert).toContainText("cannot be reached");
  await expect(rows(page)).toHaveCount(25);
  await page.unroute("**/fn/list_runs");
  await alert.getByRole("button", { name: "Try again" }).click();
  await expect(range(page)).toHaveText("26–50 of 2,000");
});

test.describe("when the server cannot be reached", () => {
  test.use({ allowedConsole: [/net::ERR_FAILED|Failed to load resource/] });

  test("P-12 the rows are kept, and one tries again", async ({ page }) => {
    await page.route("**/fn/list_runs", (route) => route.abort());
    await page.getByRole("link", { name: "Older" }).click();
    const alert = page.getByRole("alert");
    await expect(alert).toContainText("cannot be reached");
    await expect(rows(page)).toHaveCount(25);
    await axe(page);
    await page.unroute("**/fn/list_runs");
    await alert.getByRole("button", { name: "Try again" }).click();
    await expect(range(page)).toHaveText("26–50 of 2,000");
    await expect(alert).toHaveCount(0);
  });
});

test("P-12 no run that fits says so and offers all", async ({ page }) => {
  await page.goto("/logs?status=pending&duration=gt1m");
  await hydrated(page);
  await expect(page.getByRole("heading", { name: "No run fits" })).toBeVisible();
  await axe(page);
  await page.getByRole("link", { name: "Show all runs" }).click();
  await expect(range(page)).toHaveText("1–25 of 2,000");
});

test("the title says surface and filters, and the counts are announced politely", async ({ page }) => {
  await page.goto("/logs?status=failed&date=30d&q=refund");
  await hydrated(page);
  await expect(page).toHaveTitle("Execution Logs: Failed, Last 30 days, “refund” · Alloy");
  await expect(range(page)).toHaveRole("status");
  await filter(page, "Status").click();
  await page.keyboard.press("Escape");
  await expect(filter(page, "Status")).toBeFocused();
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
      // To look at every contrast takes long where other tests run beside it.
      test.slow();
      await page.addInitScript(() => {
        (window as unknown as { shifts: number }).shifts = 0;
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) {
            (window as unknown as { shifts: number }).shifts += (entry as unknown as { value: number }).value;
          }
        }).observe({ type: "layout-shift", buffered: true });
      });
      const shifts = () => page.evaluate(() => (window as unknown as { shifts: number }).shifts);
      await page.goto("/logs");
      await hydrated(page);
      expect(await shifts()).toBe(0);
      await page.getByRole("button", { name: /^Failed, / }).first().click();
      await expect(details(page).getByRole("tab", { name: /^Steps/ })).toBeVisible();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      // It looks at light and dark by itself.
      if (scheme === "light") await axe(page);
      const link = page.url();
      await page.goto(link);
      await hydrated(page);
      await expect(details(page).getByRole("tab", { name: /^Steps/ })).toBeVisible();
      expect(await shifts()).toBe(0);
      await filter(page, "Date Range").click();
      await expect(page.getByRole("listbox", { name: "Date Range" })).toBeVisible();
      if (scheme === "light") await axe(page, "[role=listbox]");
    });
  });
}

test("P-54 the switch chooses light or dark, and the next first paint has it", async ({ page }) => {
  const root = page.locator("html");
  await page.getByRole("button", { name: "Theme: system" }).click();
  await page.getByRole("button", { name: "Theme: light" }).click();
  await expect(root).toHaveAttribute("data-theme", "dark");
  expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe("rgb(15, 17, 19)");
  const answer = await page.reload();
  expect(await answer?.text()).toContain('data-theme="dark"');
  await hydrated(page);
  await page.getByRole("button", { name: "Theme: dark" }).click();
  await expect(root).toHaveAttribute("data-theme", "system");
});
