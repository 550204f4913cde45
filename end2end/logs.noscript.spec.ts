import { expect, signIn, test } from "./support";

test("P-56 without a script one signs in, pages, expands and collapses", async ({ page }) => {
  await signIn(page, "admin", "/logs?utm=x");
  await expect(page.getByRole("navigation", { name: "Pages" }).getByRole("status")).toHaveText("1–25 of 2,000");
  await page.getByRole("link", { name: "Older" }).click();
  await expect(page).toHaveURL(/\/logs\?utm=x&page=2$/);
  const row = page.getByRole("table", { name: "Runs" }).getByRole("button").nth(2);
  await row.click();
  await expect(page).toHaveURL(/\/logs\?utm=x&page=2&run=[0-9a-f-]{36}$/);
  await expect(page.getByRole("region", { name: "Run details" })).toBeVisible();
  await row.click();
  await expect(page).toHaveURL(/\/logs\?utm=x&page=2$/);
  await expect(page.getByRole("region", { name: "Run details" })).toHaveCount(0);
});
