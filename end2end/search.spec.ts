import { axe, details, expect, hydrated, note, range, rows, runs, signIn, test } from "./support";

const box = (page: import("@playwright/test").Page) => page.getByRole("searchbox", { name: "Search runs" });

test.beforeEach(async ({ page }) => {
  await signIn(page, "admin", "/logs");
});

test("P-19 P-20 an id is a conversation's first, then a run's, in one round trip", async ({ page }) => {
  const run = (await runs(page)).find((run) => run.conversation_id)!;
  const asked: string[] = [];
  page.on("request", (request) => request.url().includes("/fn/list_runs") && asked.push(request.url()));
  await box(page).fill(run.conversation_id!);
  await expect(note(page)).toHaveText("Found by conversation ID");
  const together = await runs(page, `conversation_id=${run.conversation_id}&limit=100`);
  await expect(rows(page)).toHaveCount(Math.min(25, together.length));
  await box(page).fill(run.id.toUpperCase());
  await expect(note(page)).toHaveText("Found by run ID");
  await expect(rows(page)).toHaveCount(1);
  expect(asked).toHaveLength(2);
  await expect(page).toHaveURL(new RegExp(`q=${run.id.toUpperCase()}$`));
  await page.reload();
  await expect(note(page)).toHaveText("Found by run ID");
});

test("P-20 an id that nothing has says so", async ({ page }) => {
  await box(page).fill("00000000-0000-4000-8000-000000000000");
  await expect(page.getByRole("heading", { name: "No run fits" })).toBeVisible();
  await axe(page);
  await page.getByRole("link", { name: "Show all runs" }).click();
  await expect(box(page)).toHaveValue("");
  await expect(range(page)).toHaveText("1–25 of 2,000");
});

test("P-21 a pasted link goes to its run at once", async ({ page }) => {
  const run = (await runs(page, "page=9&limit=25"))[3];
  await box(page).fill(`https://logs.example/staff/ai/x?tab=logs&run=${run.id}&page=2`);
  await expect(note(page)).toHaveText("Found by run ID");
  await expect(rows(page)).toHaveCount(1);
  await rows(page).first().click();
  await expect(details(page)).toBeVisible();
  await expect(page).toHaveURL(new RegExp(`run=${run.id}$`));
});

test("P-22 words pick among the rows in hand as one types, and are marked", async ({ page }) => {
  const asked: string[] = [];
  page.on("request", (request) => request.url().includes("/fn/") && asked.push(request.url()));
  await box(page).pressSequentially("REFUND");
  const left = await rows(page).count();
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThan(25);
  await expect(note(page)).toHaveText(`${left} of 25 on this page`);
  await expect(page.locator("td.runs-skill mark").first()).toHaveText(/refund/i);
  await axe(page);
  await box(page).fill("no such words anywhere");
  await expect(page.getByRole("heading", { name: "No row on this page holds that" })).toBeVisible();
  await expect(page).toHaveURL(/q=no\+such\+words\+anywhere$/);
  await page.getByRole("link", { name: "Show all rows" }).click();
  await expect(rows(page)).toHaveCount(25);
  expect(asked).toEqual([]);
});

test("P-22 every field is looked through, those too that the row does not show", async ({ page }) => {
  const run = (await runs(page, "limit=25")).find((run) => run.output_message && run.ai_employee_name)!;
  const output = String(run.output_message).slice(0, 14).trim();
  for (const text of [run.workflow_name, output, run.model, run.id.slice(0, 13), run.ai_employee_name, String(run.source)]) {
    if (!text) continue;
    await box(page).fill(String(text));
    await expect(page.locator(`#toggle-${run.id}`)).toBeVisible();
  }
  await box(page).fill(run.id.slice(0, 13));
  await expect(page.locator(".cell-found mark")).toHaveText(run.id.slice(0, 13));
});

test("P-14 a run that the words leave out collapses, and leaves the URL", async ({ page }) => {
  await rows(page).first().click();
  await expect(page).toHaveURL(/run=/);
  await box(page).fill("no such words anywhere");
  await expect(details(page)).toHaveCount(0);
  await expect(page).toHaveURL(/\/logs\?q=no\+such\+words\+anywhere$/);
  await expect(box(page)).toBeFocused();
  await hydrated(page);
});
