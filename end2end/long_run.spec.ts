import { LONG, details, expect, hydrated, runs, signIn, test } from "./support";

// A trace would take a picture of thousands of lines at every turn.
test.use({ trace: "off" });

test("P-17 more than a thousand steps come on demand", async ({ page }) => {
  await signIn(page, "admin", "/logs");
  const run = (await runs(page))[LONG];
  await page.goto(`/logs?run=${run.id}`);
  await hydrated(page);
  await expect(details(page)).toContainText("1,000 of 1,201");
  await page.locator(".steps-more button").click();
  await expect(page.locator(".steps-more")).toHaveCount(0);
  await expect.poll(() => page.locator(".step:not(.step-call)").count()).toBe(1_201);
});
