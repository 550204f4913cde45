import { axe, choose, expect, filter, hydrated, range, rows, runs, signIn, test } from "./support";

test.beforeEach(async ({ page }) => {
  await signIn(page, "admin", "/logs");
});

test("P-24 the filters stand in their order, each a menu of one choice", async ({ page }) => {
  const names = ["Status", "Channel", "Model", "Skill", "AI Teammate", "Date Range", "Duration", "Tokens"];
  const buttons = page.getByRole("group", { name: "Filters" }).locator(".filter-button");
  await expect(buttons).toHaveText(names);
  for (const name of names) {
    await filter(page, name).click();
    await expect(page.getByRole("listbox", { name, exact: true }).getByRole("option").first()).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(page.getByRole("listbox", { name, exact: true })).toBeHidden();
    await expect(filter(page, name)).toBeFocused();
  }
});

test("P-25 P-26 presets are as they are called, stay relative in the URL, and narrow the list", async ({ page }) => {
  const presets = {
    "Date Range": ["Last hour", "Last 24h", "Last 7 days", "Last 30 days"],
    Duration: ["< 1s", "1–10s", "10–60s", "> 1 min"],
    Tokens: ["< 100", "100–1K", "1K–10K", "> 10K"],
  };
  for (const [name, options] of Object.entries(presets)) {
    await filter(page, name).click();
    await expect(page.getByRole("listbox", { name, exact: true }).getByRole("option")).toHaveText(options);
    await page.keyboard.press("Escape");
  }
  await choose(page, "Date Range", "Last 24h");
  await expect(page).toHaveURL(/\?date=24h$/);
  await choose(page, "Duration", "1–10s");
  await choose(page, "Tokens", "1K–10K");
  await expect(page).toHaveURL(/\?date=24h&duration=1-10s&tokens=1k-10k$/);
  const since = new Date(Date.now() - 24 * 3600 * 1000).toISOString();
  const expected = await runs(page, `started=${since}..&duration=1000..10000&tokens=1000..10000&limit=100`);
  await expect(rows(page)).toHaveCount(Math.min(25, expected.length));
});

test("P-25 a range of dates of one's own, in the viewer's zone", async ({ page }) => {
  const local = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 16);
  const [from, to] = [local(9), local(8)];
  await filter(page, "Date Range").click();
  await page.getByRole("textbox", { name: "From" }).fill(to);
  await page.getByRole("textbox", { name: "To" }).fill(from);
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(page.getByText("The range ends before it begins.")).toBeVisible();
  await page.getByRole("textbox", { name: "From" }).fill(from);
  await page.getByRole("textbox", { name: "To" }).fill(to);
  await axe(page);
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(page.getByRole("button", { name: /^Remove filter: Date Range \d+ \w+ \d{4}, .* – / })).toBeVisible();
  const asked = new URL(page.url()).searchParams.get("date");
  expect(asked).toBe(`${from}:00.000Z..${to}:00.000Z`);
  const expected = await runs(page, `started=${asked}&limit=100`);
  await expect(rows(page)).toHaveCount(Math.min(25, expected.length));
  await page.reload();
  await hydrated(page);
  await filter(page, "Date Range").click();
  await expect(page.getByRole("textbox", { name: "From" })).toHaveValue(from);
});

test("P-27 menus offer the organization's own data, and long ones are searched", async ({ page }) => {
  await filter(page, "Model").click();
  const models = page.getByRole("listbox", { name: "Model", exact: true }).getByRole("option");
  const known = new Set((await runs(page)).map((run) => run.model).filter(Boolean) as string[]);
  expect(new Set(await models.allTextContents())).toEqual(new Set([...known, ...(await models.allTextContents())]));
  await page.keyboard.press("Escape");
  await filter(page, "Skill").click();
  const search = page.getByRole("searchbox", { name: "Search Skill" });
  await expect(search).toBeFocused();
  await search.fill("TRIAGE");
  const skills = page.getByRole("listbox", { name: "Skill", exact: true }).getByRole("option");
  await expect(skills).toHaveText(["Refund triage"]);
  await search.fill("nothing like it");
  await expect(page.getByText("Nothing to choose from")).toBeVisible();
  await search.fill("triage");
  await page.keyboard.press("ArrowDown");
  await expect(skills.first()).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Remove filter: Skill Refund triage" })).toBeVisible();
  await expect(page.locator(".cell-skill").filter({ hasNotText: "Refund triage" })).toHaveCount(0);
});

test("P-27 a menu is used by keyboard alone", async ({ page }) => {
  await filter(page, "Status").focus();
  await page.keyboard.press("Enter");
  const options = page.getByRole("listbox", { name: "Status", exact: true }).getByRole("option");
  await expect(options.first()).toBeVisible();
  await page.keyboard.press("Tab");
  await expect(options.first()).toBeFocused();
  await page.keyboard.press("End");
  await expect(options.last()).toBeFocused();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/status=failed$/);
  await expect(page.getByRole("listbox", { name: "Status", exact: true })).toBeHidden();
});

test("P-28 filters in the URL are seen and removed one by one or all at once", async ({ page }) => {
  await page.goto("/logs?utm=x&status=failed&channel=api&date=30d");
  await hydrated(page);
  await expect(page.getByRole("button", { name: "Remove filter: Date Range Last 30 days" })).toBeVisible();
  await axe(page);
  await page.getByRole("button", { name: "Remove filter: Channel API" }).click();
  await expect(page).toHaveURL(/\/logs\?utm=x&status=failed&date=30d$/);
  await expect(rows(page).first()).toContainText("Failed");
  await filter(page, "Status").click();
  const chosen = page.getByRole("listbox", { name: "Status", exact: true }).getByRole("option", { selected: true });
  await expect(chosen).toHaveText("Failed");
  await chosen.click();
  await expect(page).toHaveURL(/\/logs\?utm=x&date=30d$/);
  await page.getByRole("button", { name: "Clear filters" }).click();
  await expect(page).toHaveURL(/\/logs\?utm=x$/);
  await expect(range(page)).toHaveText("1–25 of 2,000");
});
