import { axe, choose, details, expect, filter, hydrated, range, rows, runs, signIn, test } from "./support";

test("P-2 who is not an admin sees that the page is for admins", async ({ page }) => {
  await signIn(page, "member", "/");
  await expect(page).toHaveURL(/\/staff\/ai\/[0-9a-f-]{36}$/);
  await expect(page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Execution Logs" })).toHaveCount(0);
});

test.describe("a member at the list of the organization", () => {
  test.use({ allowedConsole: [/403/] });

  test("P-2 access is denied, by the status too", async ({ page }) => {
    await signIn(page, "member", "/");
    const answer = await page.goto("/logs?page=2");
    expect(answer?.status()).toBe(403);
    await expect(page.getByRole("heading", { name: "Access denied" })).toBeVisible();
    await expect(page.getByRole("table")).toHaveCount(0);
    await hydrated(page);
    await axe(page);
  });
});

test("P-3 P-4 P-5 a teammate's page has its runs, without the column and the filter of teammates", async ({ page }) => {
  await signIn(page, "member", "/");
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Nora" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Nora" })).toBeVisible();
  await expect(page).toHaveTitle("Nora Logs · Alloy");
  await expect(page.getByRole("tab", { name: "Logs" })).toHaveAttribute("aria-selected", "true");
  await expect(page.getByRole("columnheader", { name: "AI Teammate" })).toHaveCount(0);
  await expect(filter(page, "AI Teammate")).toHaveCount(0);
  await expect(filter(page, "Channel")).toBeVisible();
  await expect(rows(page)).toHaveCount(25);
  await axe(page);
  const nora = new URL(page.url()).pathname.split("/").pop();
  await rows(page).first().click();
  await expect(details(page).getByText("Nora", { exact: true })).toBeVisible();
  const answered = await runs(page, `ai_employee_id=${nora}&limit=1`);
  expect(new URL(page.url()).searchParams.get("run")).toBe(answered[0].id);
});

test("P-5 P-40 the API tab shows what came by the API, full pages of it", async ({ page }) => {
  await signIn(page, "member", "/");
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Nora" }).click();
  await page.getByRole("tab", { name: "API" }).click();
  await expect(page).toHaveURL(/\?tab=api$/);
  await expect(page).toHaveTitle("Nora API · Alloy");
  await expect(page.getByRole("tab", { name: "API" })).toHaveAttribute("aria-selected", "true");
  await expect(filter(page, "Channel")).toHaveCount(0);
  await expect(rows(page)).toHaveCount(25);
  await expect(page.locator("td.runs-channel").filter({ hasNotText: /^API$/ })).toHaveCount(0);
  const nora = new URL(page.url()).pathname.split("/").pop();
  const { organization_id } = await (await page.request.get("/api/session")).json();
  const list = `/api/organizations/${organization_id}/workflows/runs/?ai_employee_id=${nora}&channel=api`;
  const { pagination } = await (await page.request.get(list)).json();
  await expect(range(page)).toHaveText(`1–25 of ${pagination.total}`);
  await choose(page, "Status", "Failed");
  await expect(page).toHaveURL(/\?tab=api&status=failed$/);
  await axe(page);
});

test.describe("a teammate that there is not", () => {
  test.use({ allowedConsole: [/404/] });

  test("P-3 is a page that says so, by the status too", async ({ page }) => {
    await signIn(page, "member", "/");
    const answer = await page.goto("/staff/ai/00000000-0000-4000-8000-000000000000?tab=api");
    expect(answer?.status()).toBe(404);
    await expect(page.getByRole("heading", { name: "Not found" })).toBeVisible();
    await hydrated(page);
    await axe(page);
    await page.getByRole("navigation", { name: "Main" }).getByRole("link").first().click();
    await expect(page.getByRole("tab", { name: "API" })).toBeVisible();
    await expect(page.getByRole("heading", { name: "Not found" })).toHaveCount(0);
    await page.goBack();
    await expect(page.getByRole("heading", { name: "Not found" })).toBeVisible();
  });
});

test("P-40 channels have their words, and the filter finds what the row says", async ({ page }) => {
  await signIn(page, "admin", "/logs");
  for (const channel of ["Internal Chat", "Web Chat", "API"]) {
    await choose(page, "Channel", channel);
    await expect(page.locator("td.runs-channel").first()).toHaveText(channel);
    await expect(page.locator("td.runs-channel").filter({ hasNotText: channel })).toHaveCount(0);
  }
});
