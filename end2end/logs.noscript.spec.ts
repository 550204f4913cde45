import { LONG, details, expect, note, range, rows, runs, signIn, test } from "./support";

// A browser that runs no script says of the script's file, after some seconds on a page, that it did not use it.
test.use({ allowedConsole: [/was preloaded using link preload but not used/] });

test("P-56 without a script one signs in, pages, expands and collapses", async ({ page }) => {
  await signIn(page, "admin", "/logs?utm=x");
  await expect(range(page)).toHaveText("1–25 of 2,000");
  await page.getByRole("link", { name: "Older" }).click();
  await expect(page).toHaveURL(/\/logs\?utm=x&page=2$/);
  const row = rows(page).nth(2);
  await row.click();
  await expect(page).toHaveURL(/\/logs\?utm=x&page=2&run=[0-9a-f-]{36}$/);
  await expect(details(page)).toBeVisible();
  await details(page).getByRole("tab", { name: "Raw" }).click();
  await expect(page).toHaveURL(/part=raw$/);
  await expect(details(page).getByRole("tabpanel", { name: "Raw" })).toBeVisible();
  await rows(page).nth(2).click();
  await expect(page).toHaveURL(/\/logs\?utm=x&page=2$/);
  await expect(details(page)).toHaveCount(0);
});

test("P-56 without a script one filters, by menu and by dates, searches, and takes filters away", async ({ page }) => {
  await signIn(page, "admin", "/logs?utm=x");
  const bar = page.getByRole("group", { name: "Filters" });
  await bar.getByRole("button", { name: "Status", exact: true }).click();
  await page.getByRole("option", { name: "Failed", exact: true }).click();
  await expect(page).toHaveURL(/\/logs\?utm=x&status=failed$/);
  await bar.getByRole("button", { name: "Date Range", exact: true }).click();
  await page.getByLabel("From").fill("2020-01-01T00:00");
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(page.getByRole("button", { name: /^Remove filter: Date Range from 1 Jan 2020/ })).toBeVisible();
  await expect(page.locator("td.runs-status").filter({ hasNotText: "Failed" })).toHaveCount(0);
  await page.getByRole("searchbox", { name: "Search runs" }).fill("step");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/q=step&scope=all/);
  await expect(note(page)).toHaveText(/runs? match(es)? “step”, searched in/);
  await page.getByRole("button", { name: "Remove filter: Status Failed" }).click();
  await expect(page).not.toHaveURL(/status=/);
  await page.getByRole("button", { name: "Clear filters" }).click();
  await expect(page).toHaveURL(/\/logs\?utm=x$/);
  await expect(range(page)).toHaveText("1–25 of 2,000");
});

test("P-56 without a script a step opens to what went in and came out", async ({ page }) => {
  await signIn(page, "admin", "/logs?status=completed");
  await rows(page).first().click();
  const step = details(page).locator(".step:has(details)").first();
  await step.locator("summary").click();
  await expect(step.locator("pre").first()).toBeVisible();
});

test("P-56 without a script a long run says that it is not all there, and leads to the rest", async ({ page }) => {
  await signIn(page, "admin", "/logs");
  const long = (await runs(page))[LONG];
  await page.goto(`/logs?run=${long.id}`);
  await expect(details(page).getByText("Without a script only the first 100 lines are drawn.")).toBeVisible();
  const all = await details(page).getByRole("link", { name: "All steps as the API has them" }).getAttribute("href");
  const { steps, steps_total } = await (await page.request.get(all!)).json();
  expect([steps_total, steps.length]).toEqual([1201, 1000]);
});
