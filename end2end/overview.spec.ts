import type { Page } from "@playwright/test";
import { axe, choose, expect, filter, hydrated, range, rows, runs, signIn, test } from "./support";

const overview = (page: Page) => page.getByRole("region", { name: "Overview" });
const figure = (page: Page, name: string) =>
  overview(page).locator(".figure", { has: page.getByText(name, { exact: true }) }).locator("dd");
const bars = (page: Page) => page.getByRole("slider", { name: "Runs over time" });

/** How many runs the pager says there are. */
async function total(page: Page): Promise<string> {
  await expect(range(page)).toHaveText(/ of /);
  return (await range(page).textContent())!.split(" of ")[1];
}

test.beforeEach(async ({ page }) => {
  await signIn(page, "admin", "/logs");
});

test("P-50 the overview sums up what the filters show, on all pages", async ({ page }) => {
  await expect(figure(page, "Runs")).toHaveText(await total(page));
  await expect(figure(page, "Failed")).toHaveText(/^\d+\.\d%$/);
  await expect(figure(page, "p50 duration")).toHaveText(/ s$/);
  await expect(figure(page, "p95 duration")).toHaveText(/ s$/);
  await expect(figure(page, "Cost")).toHaveText(/^\$\d+\.\d\d$/);
  await axe(page);
  await choose(page, "Status", "Failed");
  await expect(figure(page, "Failed")).toHaveText("100.0%");
  await expect(figure(page, "Runs")).toHaveText(await total(page));
  await choose(page, "Model", "gpt-5-mini");
  await expect(figure(page, "Runs")).toHaveText(String((await runs(page, "status=failed&model=gpt-5-mini&limit=100")).length));
});

test("P-50 dragging over the histogram narrows the time", async ({ page }) => {
  await expect(bars(page)).toBeVisible();
  const box = (await bars(page).boundingBox())!;
  const at = (part: number) => page.mouse.move(box.x + box.width * part, box.y + box.height / 2, { steps: 4 });
  await at(0.5);
  await expect(overview(page).locator(".histogram-words")).toHaveText(/ – .*: [\d,]+ runs/);
  await page.mouse.down();
  await at(0.7);
  const words = (await overview(page).locator(".histogram-words").textContent())!;
  await page.mouse.up();
  await expect(page).toHaveURL(/\?date=.*Z\.\..*Z$/);
  const count = /: ([\d,]+) runs?/.exec(words)![1];
  await expect(figure(page, "Runs")).toHaveText(count);
  expect(await total(page)).toBe(count);
  await page.goBack();
  await expect(page).toHaveURL(/\/logs$/);
});

test("P-50 rows come first, then what they come to", async ({ page }) => {
  await expect(figure(page, "Runs")).toHaveText(await total(page));
  const asked: string[] = [];
  page.on("request", (request) => request.url().includes("/fn/") && asked.push(request.url().split("/fn/")[1].split("?")[0]));
  let answer = () => {};
  const held = new Promise<void>((resolve) => (answer = resolve));
  await page.route("**/fn/list_runs*", async (route) => {
    await held;
    await route.continue();
  });
  await choose(page, "Status", "Failed");
  await expect.poll(() => asked).toContain("list_runs");
  await expect(page.locator(".overview-in")).toHaveAttribute("aria-busy", "true");
  // The menus have asked, too; what would come next has not.
  await expect.poll(() => asked).toContain("get_filter_options");
  expect(asked).not.toContain("get_summary");
  answer();
  await expect(figure(page, "Failed")).toHaveText("100.0%");
  expect(asked.filter((name) => name === "get_summary")).toHaveLength(1);
});

test("P-50 what is dragged over keeps within the dates that are shown", async ({ page }) => {
  const all = (await figure(page, "Runs").textContent())!;
  await choose(page, "Date Range", "Last 7 days");
  await expect(figure(page, "Runs")).not.toHaveText(all);
  const before = (await figure(page, "Runs").textContent())!;
  await bars(page).focus();
  await page.keyboard.press("Home");
  await page.keyboard.press("Shift+End");
  await expect(bars(page)).toHaveAttribute("aria-valuetext", new RegExp(`: ${before} runs`));
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/date=.*Z\.\..*Z$/);
  // All bars together are the seven days, though the first begins before them.
  const [from] = new URL(page.url()).searchParams.get("date")!.split("..");
  expect(Date.now() - Date.parse(from)).toBeLessThan(7 * 86_400_000 + 60_000);
  await expect(page.locator(".overview-in")).toHaveAttribute("aria-busy", "false");
  await expect(figure(page, "Runs")).toHaveText(before);
});

test("P-50 the histogram is worked by keys, and says what it is at", async ({ page }) => {
  await bars(page).focus();
  await expect(bars(page)).toHaveAttribute("aria-valuetext", / runs?/);
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Shift+ArrowLeft");
  const words = (await bars(page).getAttribute("aria-valuetext"))!;
  await axe(page, ".overview");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\?date=/);
  expect(await total(page)).toBe(/: ([\d,]+) runs?/.exec(words)![1]);
  await expect(rows(page).first()).toBeVisible();
});

test("P-27 every option says how many runs it would give under the other filters", async ({ page }) => {
  await choose(page, "Status", "Failed");
  await filter(page, "Channel").click();
  const options = page.getByRole("listbox", { name: "Channel", exact: true }).getByRole("option");
  const option = options.filter({ hasText: /^API$/ });
  await expect(option).toHaveAttribute("aria-description", /^[\d,]+ runs$/);
  const promised = (await option.getAttribute("aria-description"))!.split(" ")[0];
  await expect(option.locator(".menu-count")).toHaveAttribute("data-count", promised);
  await option.click();
  await expect(page).toHaveURL(/channel=api/);
  expect(await total(page)).toBe(promised);
});

test("P-52 what the filters show is saved as a file", async ({ page }) => {
  await choose(page, "Status", "Failed");
  await choose(page, "Date Range", "Last 7 days");
  const wanted = Number((await total(page)).replace(",", ""));
  for (const [name, end] of [
    ["NDJSON, for programs", "ndjson"],
    ["CSV, for spreadsheets", "csv"],
  ]) {
    await page.getByRole("button", { name: "Export" }).click();
    if (end === "csv") await axe(page, ".toolbar");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("menuitem", { name }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(new RegExp(`^runs-\\d{4}-\\d\\d-\\d\\d\\.${end}$`));
    const chunks: Buffer[] = [];
    for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString("utf8");
    if (end === "ndjson") {
      const lines = text.trim().split("\n").map((line) => JSON.parse(line) as { status: string });
      expect(lines).toHaveLength(wanted);
      expect(new Set(lines.map((line) => line.status))).toEqual(new Set(["failed"]));
    } else {
      expect(text).toMatch(/^\ufeff"id","created_at",/);
    }
  }
  await hydrated(page);
});
