import { axe, expect, hydrated, signIn, test } from "./support";

test("P-2 whoever is not signed in signs in and comes back, query intact", async ({ page }) => {
  await page.goto("/logs?page=2");
  await expect(page).toHaveURL(/\/login\?next=%2Flogs%3Fpage%3D2$/);
  await expect(page).toHaveTitle("Sign in · Alloy");
  await hydrated(page);
  await axe(page);
  await page.getByLabel("Email").fill("admin@halden.example");
  await page.getByLabel("Password").fill("halden-demo");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/logs\?page=2$/);
  await expect(page.getByRole("heading", { level: 1, name: "Execution Logs" })).toBeVisible();
});

test("a wrong password is told in words, and the way on is kept", async ({ page }) => {
  await page.goto("/login?next=%2Flogs%3Fpage%3D2");
  await hydrated(page);
  await page.getByLabel("Email").fill("admin@halden.example");
  await page.getByLabel("Password").fill("wrong");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert")).toContainText("do not fit");
  await page.getByLabel("Email").fill("admin@halden.example");
  await page.getByLabel("Password").fill("halden-demo");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/logs\?page=2$/);
});

test.describe("of a member", () => {
  // The browser itself reports the status of the page.
  test.use({ allowedConsole: [/status of 403/] });

  test("P-2 a member is denied the list and shown a way on", async ({ page }) => {
    await signIn(page, "member", "/logs");
    await expect(page.getByRole("heading", { name: "Access denied" })).toBeVisible();
    await expect(page.getByRole("table", { name: "Runs" })).toHaveCount(0);
    await axe(page);
    await page.getByRole("main").getByRole("link", { name: /^Open / }).click();
    await expect(page.getByRole("table", { name: "Runs" })).toBeVisible();
  });
});

test("signing out ends the session", async ({ page }) => {
  await signIn(page, "admin", "/logs");
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/login$/);
  await page.goto("/logs");
  await expect(page).toHaveURL(/\/login\?next=%2Flogs$/);
});
