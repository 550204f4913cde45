import { type Page } from "@playwright/test";
import { HEAVY, axe, choose, details, expect, hydrated, rows, runs, signIn, test } from "./support";

/** Opens the newest run for which a filter of the API holds, by its link. */
async function open(page: Page, fits: (run: Awaited<ReturnType<typeof runs>>[number]) => boolean, query = "limit=100") {
  for (let number = 1; number <= 20; number++) {
    const found = (await runs(page, `${query}&page=${number}`)).find(fits);
    if (found) {
      await page.goto(`/logs?run=${found.id}`);
      await hydrated(page);
      return found;
    }
  }
  throw new Error("the demo has no such run");
}

/** Opens the newest run whose detail fits. */
async function openDetail(page: Page, fits: (detail: any) => boolean, query = "limit=100") {
  const { organization_id } = await (await page.request.get("/api/session")).json();
  for (const run of await runs(page, query)) {
    const path = `/api/organizations/${organization_id}/workflows/${run.workflow_id}/runs/${run.id}/`;
    const detail = await (await page.request.get(path)).json();
    if (fits(detail)) {
      await page.goto(`/logs?run=${run.id}`);
      await hydrated(page);
      return detail;
    }
  }
  throw new Error("the demo has no such run");
}

const tab = (page: Page, name: string) => details(page).getByRole("tab", { name: new RegExp(`^${name}`) });
const linked = (page: Page) => page.getByRole("region", { name: "Linked run" });

test.beforeEach(async ({ page }) => {
  await signIn(page, "admin", "/logs");
});

test("P-13 a row expands in place, asks once, and is in the URL", async ({ page }) => {
  const asked: string[] = [];
  page.on("request", (request) => request.url().endsWith("/fn/get_run") && asked.push(request.url()));
  const failed = page.getByRole("button", { name: /^Failed, / }).first();
  await failed.focus();
  await page.keyboard.press("Enter");
  await expect(failed).toHaveAttribute("aria-expanded", "true");
  await expect(tab(page, "Steps")).toBeVisible();
  await expect(failed).toBeFocused();
  await expect(page).toHaveURL(/\/logs\?run=[0-9a-f-]{36}$/);
  await axe(page);
  await tab(page, "Conversation").click();
  await expect(page).toHaveURL(/part=conversation$/);
  await page.keyboard.press("Escape");
  await expect(details(page)).toHaveCount(0);
  await expect(failed).toBeFocused();
  await expect(page).toHaveURL(/\/logs$/);
  expect(asked).toHaveLength(1);
});

test("P-13 a link opens the run at first paint", async ({ page, browser }) => {
  await page.getByRole("button", { name: /^Failed, / }).first().click();
  await expect(page).toHaveURL(/run=/);
  const link = page.url();
  const context = await browser.newContext({ javaScriptEnabled: false, storageState: await page.context().storageState() });
  const plain = await context.newPage();
  await plain.goto(link);
  await expect(details(plain).getByRole("tab", { name: /^Steps/ })).toBeVisible();
  await expect(details(plain).locator(".step-cause").first()).toBeVisible();
  await context.close();
});

test("P-14 a linked run that is elsewhere stands above the table, with the reason and the way there", async ({ page }) => {
  const run = (await runs(page, "page=40&limit=25"))[3];
  await page.goto(`/logs?run=${run.id}`);
  await hydrated(page);
  await expect(linked(page)).toContainText("on page 40");
  await expect(linked(page).getByRole("region", { name: "Run details" })).toBeVisible();
  await axe(page);
  await linked(page).getByRole("link", { name: "Show it in the list" }).click();
  await expect(page).toHaveURL(new RegExp(`page=40&run=${run.id}$`));
  await expect(linked(page)).toHaveCount(0);
  await expect(page.locator(`#toggle-${run.id}`)).toHaveAttribute("aria-expanded", "true");
  await page.getByRole("link", { name: "Older" }).click();
  await expect(details(page)).toHaveCount(0);
  await expect(page).toHaveURL(/\/logs\?page=41$/);
});

test("P-14 the filters that leave a linked run out are named, and one click takes them away", async ({ page }) => {
  const run = (await runs(page, "status=completed&page=10&limit=100"))[3];
  await page.goto(`/logs?status=failed&date=24h&run=${run.id}`);
  await hydrated(page);
  await expect(linked(page)).toContainText("Completed, not Failed, older than Last 24h");
  await linked(page).getByRole("link", { name: "Show it in the list" }).click();
  await expect(page.locator(`#toggle-${run.id}`)).toHaveAttribute("aria-expanded", "true");
  await expect(page).not.toHaveURL(/status=|date=/);
});

test("P-14 a run that a filter leaves out collapses, and leaves the URL", async ({ page }) => {
  await page.getByRole("button", { name: /^Failed, / }).first().click();
  await expect(details(page)).toBeVisible();
  await choose(page, "Status", "Completed");
  await expect(details(page)).toHaveCount(0);
  await expect(page).toHaveURL(/\/logs\?status=completed$/);
});

test("P-14 an unknown run is told in one sentence", async ({ page }) => {
  await page.goto("/logs?run=00000000-0000-4000-8000-000000000000");
  await hydrated(page);
  await expect(linked(page).getByText("This run is not here")).toBeVisible();
  await expect(rows(page)).toHaveCount(25);
  await axe(page);
  await linked(page).getByRole("button", { name: "Close" }).click();
  await expect(page).toHaveURL(/\/logs$/);
});

test("P-14 on a teammate's page a run of another says whose it is", async ({ page }) => {
  const [run, other] = await (async () => {
    const all = await runs(page);
    const run = all.find((run) => run.ai_employee_id)!;
    return [run, all.find((other) => other.ai_employee_id && other.ai_employee_id !== run.ai_employee_id)!];
  })();
  await page.goto(`/staff/ai/${other.ai_employee_id}?tab=logs&run=${run.id}`);
  await hydrated(page);
  await expect(linked(page)).toContainText(`done by ${run.ai_employee_name}`);
  await linked(page).getByRole("link", { name: "Show it in the list" }).click();
  await expect(page).toHaveURL(new RegExp(`/staff/ai/${run.ai_employee_id}\\?tab=logs.*run=${run.id}$`));
  await expect(page.locator(`#toggle-${run.id}`)).toHaveAttribute("aria-expanded", "true");
});

const whole = (detail: any) => detail.costs.length > 1 && detail.conversation_id && detail.steps.length > 2;

for (const colorScheme of ["light", "dark"] as const) {
  test(`P-15 P-54 the detail has every part that the run has, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await openDetail(page, whole);
    for (const name of ["Steps", "Conversation", "Context", "Flow", "Raw"]) {
      await tab(page, name).click();
      await expect(tab(page, name)).toHaveAttribute("aria-selected", "true");
      await expect(details(page).getByRole("tabpanel", { name })).toBeVisible();
      await axe(page, ".run-part");
    }
  });
}

test("P-15 the detail has the run's facts and costs", async ({ page }) => {
  const detail = await openDetail(page, whole);
  const facts = details(page).getByRole("complementary", { name: "Facts" });
  await expect(facts).toContainText(detail.id);
  await expect(facts).toContainText(detail.workflow_name);
  await expect(facts.getByRole("table", { name: "Costs" }).getByRole("row", { name: /^Sum/ })).toBeVisible();
  await tab(page, "Context").click();
  await expect(details(page).getByRole("group", { name: "Runtime context" })).toContainText("userId");
  await tab(page, "Flow").click();
  await expect(details(page).getByRole("img", { name: /^Path taken/ })).toBeVisible();
  await tab(page, "Steps").focus();
  await page.keyboard.press("ArrowRight");
  await expect(tab(page, "Conversation")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(details(page).getByRole("heading", { name: "Input" })).toBeVisible();
});

test("P-16 links and ids are copied, and the copy is confirmed", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const run = await open(page, (run) => Boolean(run.conversation_id));
  const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
  await details(page).getByRole("button", { name: "Copy link" }).click();
  await expect(details(page).getByText("Copied link")).toHaveRole("status");
  expect(await clipboard()).toBe(`${new URL(page.url()).origin}/logs?run=${run.id}`);
  await details(page).getByRole("button", { name: "Copy run ID" }).click();
  await expect.poll(clipboard).toBe(run.id);
  await details(page).getByRole("button", { name: "Copy conversation ID" }).click();
  await expect.poll(clipboard).toBe(run.conversation_id);
  const triggered = await open(page, (run) => Boolean(run.trigger_url));
  await details(page).getByRole("button", { name: "Copy trigger URL" }).click();
  await expect.poll(clipboard).toBe(triggered.trigger_url);
});

test("P-16 copies work without the asynchronous clipboard, and there is no copy of what there is not", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.addInitScript(() => Object.defineProperty(window, "isSecureContext", { value: false }));
  const run = await open(page, (run) => !run.trigger_url && !run.conversation_id);
  const copy = details(page).getByRole("button", { name: "Copy run ID" });
  await copy.click();
  await expect(details(page).getByText("Copied run ID")).toBeAttached();
  await expect(copy).toBeFocused();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(run.id);
  await expect(details(page).getByRole("button", { name: "Copy trigger URL" })).toHaveCount(0);
  await expect(details(page).getByRole("button", { name: "Copy conversation ID" })).toHaveCount(0);
});

test("P-17 P-41 the failing step is open and on screen, with the sentence above", async ({ page }) => {
  const detail = await openDetail(page, (detail) => detail.failure?.tool && detail.failure?.last_good_step, "status=failed&limit=100");
  const sentence = details(page).locator(".run-failure");
  await expect(sentence).toContainText(`Step “${detail.failure.step_name}” failed`);
  await expect(sentence).toContainText(`${detail.failure.tool}: `);
  await expect(sentence).toContainText(`Last step that worked: ${detail.failure.last_good_step}`);
  const cause = details(page).locator(".step-cause details[open]").first();
  await expect(cause).toBeInViewport();
  await expect(details(page).locator(".step-cause").first()).toContainText(detail.failure.step_name);
});

test("P-17 steps are a waterfall, calls among them, that opens to arguments and results", async ({ page }) => {
  const detail = await openDetail(page, (detail) => detail.steps.some((step: any) => step.tool_calls.some((call: any) => call.arguments && call.result)));
  const list = details(page).getByRole("list", { name: "Steps" });
  const calls = detail.steps.flatMap((step: any) => step.tool_calls);
  await expect(list.getByRole("listitem")).toHaveCount(detail.steps.length + calls.length);
  const call = calls.find((call: any) => call.arguments && call.result);
  const line = list.locator(".step-call").filter({ hasText: call.name }).first();
  await line.locator("summary").click();
  await expect(line.getByRole("group", { name: "Arguments" })).toBeVisible();
  await expect(line.getByRole("group", { name: "Result" })).toBeVisible();
  await axe(page);
});

test("P-17 a step that was opened before the script came has its content when it is there", async ({ page }) => {
  const [run] = await runs(page, "status=completed&limit=1");
  let goOn = () => {};
  const mayGoOn = new Promise<void>((resolve) => (goOn = resolve));
  await page.route("**/*.wasm", async (route) => {
    await mayGoOn;
    await route.continue();
  });
  await page.goto(`/logs?run=${run.id}`, { waitUntil: "commit" });
  const step = details(page).locator(".step > details").first();
  await step.locator("summary").click();
  await expect(step.locator("pre").first()).toBeVisible();
  goOn();
  await hydrated(page);
  await expect(step.locator(".payload").first()).toBeVisible();
});

test("P-17 what was open in a tree is open again with what lies around it", async ({ page }) => {
  await page.goto(`/logs?run=${(await runs(page))[HEAVY].id}`);
  await hydrated(page);
  await details(page).locator(".step > details > summary").evaluateAll((lines) => lines.forEach((line) => (line as HTMLElement).click()));
  await details(page).getByRole("button", { name: /^Show all .*KB/ }).first().click();
  const inner = details(page).locator(".json-members > .json-branch:not([open])").first();
  await inner.scrollIntoViewIfNeeded();
  const mark = await inner.evaluateHandle((branch) => branch as HTMLDetailsElement);
  await inner.locator("> summary").click();
  const members = await page.waitForFunction((branch) => branch.querySelector(".json-members"), mark);
  const outer = await mark.evaluateHandle((branch) => branch.parentElement!.closest("details")!);
  for (const open of [false, true]) {
    await outer.evaluate((branch) => branch.querySelector("summary")!.click());
    await expect.poll(() => outer.evaluate((branch) => branch.open)).toBe(open);
  }
  expect(await mark.evaluate((branch) => branch.isConnected && branch.open)).toBe(true);
  expect(await members.evaluate((members) => members!.isConnected)).toBe(true);
});

test("P-18 files have a preview or are saved, through the access check of the run", async ({ page, browser }) => {
  const detail = await openDetail(page, (detail) => detail.attachments.some((file: any) => file.media_type.startsWith("image/")));
  await tab(page, "Attachments").click();
  const image = details(page).locator("img").first();
  await expect.poll(() => image.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0);
  await axe(page);
  const href = await details(page).getByRole("link", { name: "Open" }).first().getAttribute("href");
  expect(href).toMatch(/^\/api\/organizations\//);
  const stranger = await browser.newContext();
  expect((await stranger.request.get(new URL(href!, page.url()).href)).status()).toBe(401);
  await stranger.close();
  expect(detail.attachments.length).toBeGreaterThan(0);
});

test("P-18 a click on a turn of a call plays from there", async ({ page }) => {
  await openDetail(page, (detail) => detail.voice_transcripts.some((call: any) => call.attachment_id && call.turns.length > 2));
  await tab(page, "Voice").click();
  const audio = details(page).locator("audio");
  await expect.poll(() => audio.evaluate((audio: HTMLAudioElement) => audio.readyState)).toBeGreaterThan(0);
  const turn = details(page).getByRole("list", { name: "Turns of the call" }).getByRole("listitem").nth(2);
  await axe(page);
  await turn.getByRole("button").click();
  await expect.poll(() => audio.evaluate((audio: HTMLAudioElement) => audio.currentTime)).toBeGreaterThan(0);
  await expect(turn).toHaveClass(/voice-now/);
});

test("P-15 the turns of a conversation stand around the run, and lead to their own", async ({ page }) => {
  const all = await runs(page);
  const run = all.find((run) => run.conversation_id && all.filter((other) => other.conversation_id === run.conversation_id).length > 1)!;
  await page.goto(`/logs?run=${run.id}&part=conversation`);
  await hydrated(page);
  const turns = details(page).getByRole("list", { name: "Turns of the conversation" });
  await turns.getByRole("link", { name: "Open this run" }).first().click();
  await expect(page).not.toHaveURL(new RegExp(run.id));
  await expect(page).toHaveURL(/run=.*part=conversation/);
  await expect(details(page).getByRole("heading", { name: "Input" })).toBeVisible();
});

test("the runs before and after are a click away, and keep the focus on their row", async ({ page }) => {
  await rows(page).nth(3).click();
  const fourth = await rows(page).nth(4).getAttribute("id");
  await details(page).getByRole("button", { name: "Next" }).click();
  await expect(page.locator(`#${fourth}`)).toHaveAttribute("aria-expanded", "true");
  await expect(page.locator(`#${fourth}`)).toBeFocused();
});
