import { axe, choose, details, expect, hydrated, note, range, rows, runs, signIn, test } from "./support";

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
  // The overview asks as well, once.
  await expect(page.getByRole("slider", { name: "Runs over time" })).toBeVisible();
  const asked: string[] = [];
  page.on("request", (request) => request.url().includes("/fn/") && asked.push(request.url()));
  await box(page).pressSequentially("REFUND");
  await expect(note(page)).toHaveText(/^\d+ of 25 on this page$/);
  const left = parseInt((await note(page).textContent())!);
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThan(25);
  await expect(rows(page)).toHaveCount(left);
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

/** A phrase in the result of a tool that few runs hold, with the run that holds it. */
async function phraseOfResult(page: import("@playwright/test").Page) {
  const { organization_id } = await (await page.request.get("/api/session")).json();
  const base = `/api/organizations/${organization_id}/workflows`;
  const texts = (value: unknown): string[] =>
    typeof value === "string" ? [value] : value && typeof value === "object" ? Object.values(value).flatMap(texts) : [];
  const search = async (q: string) =>
    (await page.request.get(`${base}/runs/?exclude=flow&q=${encodeURIComponent(`"${q}"`)}`)).json();
  await expect.poll(async () => (await search("anything")).search.behind, { timeout: 60_000 }).toBe(0);
  for (const run of await runs(page, "limit=100&page=5")) {
    const detail = await (await page.request.get(`${base}/${run.workflow_id}/runs/${run.id}/`)).json();
    const results = detail.steps.flatMap((step: any) => step.tool_calls.flatMap((call: any) => texts(call.result)));
    for (const phrase of results.map((text: string) => text.match(/\p{L}{3,} \p{L}{3,} \p{L}{3,}/u)?.[0])) {
      if (!phrase) continue;
      const found = await search(phrase);
      const own = found.data.find((other: any) => other.id === run.id);
      if (own?.match?.field === "tool_result") return { run, phrase, total: found.pagination.total as number, match: own.match };
    }
  }
  throw new Error("the demo has no such phrase");
}

test("P-23 a phrase in the result of a tool is found in all runs, and a click lands on its step", async ({ page }) => {
  const { run, phrase, total, match } = await phraseOfResult(page);
  await box(page).fill(`"${phrase.toUpperCase()}"`);
  await page.keyboard.press("Enter");
  await expect(note(page)).toHaveText(new RegExp(`^${total} runs? match(es)? “"${phrase.toUpperCase()}"”, searched in [\\d,]+ ms$`));
  await expect(page).toHaveURL(/scope=all$/);
  const row = page.locator("tr.run", { has: page.locator(`#toggle-${run.id}`) });
  await expect(row.locator(".cell-found")).toContainText(`Step ${match.step_name} · Result: `);
  await expect(row.locator(".cell-found mark").first()).toHaveText(phrase);
  await axe(page);
  await page.locator(`#toggle-${run.id}`).click();
  const step = details(page).locator(".step-call > details[open]");
  await expect(step).toHaveCount(1);
  await expect(step).toBeInViewport();
  await expect(step).toContainText(phrase);
  await page.reload();
  await expect(step).toBeInViewport();
  await expect(box(page)).toHaveValue(`"${phrase.toUpperCase()}"`);
});

test("P-23 a click lands on what was said, and on the message", async ({ page }) => {
  const { organization_id } = await (await page.request.get("/api/session")).json();
  const search = async (q: string) =>
    (await page.request.get(`/api/organizations/${organization_id}/workflows/runs/?exclude=flow&q=${encodeURIComponent(q)}`)).json();
  await expect.poll(async () => (await search("anything")).search.behind, { timeout: 60_000 }).toBe(0);
  const landed = details(page).locator(".landed");
  // Late in a call, and the beginning of a message.
  let call: any, said = "";
  for (const phrase of ["quicker than the last time", "second time I ask", "left it at the depot", "wrong number"]) {
    said = phrase;
    call = (await search(`"${phrase}"`)).data.find((run: any) => run.match?.field === "transcript");
    if (call) break;
  }
  const [message] = (await runs(page, "limit=25")).filter((run) => /\p{L}+ \p{L}+ \p{L}+/u.test(String(run.input_message)));
  const words = String(message.input_message).match(/\p{L}+ \p{L}+ \p{L}+/u)![0];
  for (const [run, text] of [
    [call, said],
    [message, words],
  ]) {
    await page.goto(`/logs?q=${encodeURIComponent(`"${text}"`)}&scope=all`);
    await hydrated(page);
    await page.locator(`#toggle-${run.id}`).click();
    await expect(landed).toHaveCount(1);
    await expect(landed).toBeInViewport();
    await expect(landed).toContainText(text, { ignoreCase: true });
    await axe(page, ".run-detail-main");
  }
});

test("P-23 a search of all runs narrows by filters, says that nothing is found, and goes back when it is cleared", async ({ page }) => {
  await phraseOfResult(page);
  await box(page).fill("order");
  await page.getByRole("button", { name: "Search all runs" }).click();
  await expect(note(page)).toHaveText(/^[\d,]+ runs match “order”, searched in/);
  const all = await range(page).textContent();
  await choose(page, "Status", "Failed");
  await expect(page).toHaveURL(/status=failed&q=order&scope=all$/);
  await expect(range(page)).not.toHaveText(all!);
  await expect(page.locator("td.runs-status").filter({ hasNotText: "Failed" })).toHaveCount(0);
  await box(page).fill("no such words anywhere");
  await expect(page.getByRole("heading", { name: "No run fits" })).toBeVisible();
  await expect(note(page)).toHaveText(/^0 runs match/);
  await axe(page);
  await box(page).fill("--");
  await expect(note(page)).toHaveText(/^Nothing to search for/);
  await box(page).fill("");
  await expect(page).toHaveURL(/\/logs\?status=failed$/);
  await expect(note(page)).toHaveText("");
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
