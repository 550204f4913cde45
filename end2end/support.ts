import AxeBuilder from "@axe-core/playwright";
import { type Page, expect, test as base } from "@playwright/test";

export { expect };

interface Options {
  /** Console messages that a test provokes on purpose, such as the browser's own line about a 403. */
  allowedConsole: RegExp[];
}

interface Guards {
  consoleIsClean: void;
}

/** Fails a test when any page of it logs an error or a warning, or throws. */
export const test = base.extend<Options & Guards>({
  allowedConsole: [[], { option: true }],
  consoleIsClean: [
    async ({ context, allowedConsole }, use) => {
      const messages: string[] = [];
      const note = (text: string) => {
        if (!allowedConsole.some((allowed) => allowed.test(text))) messages.push(text);
      };
      context.on("console", (message) => {
        if (message.type() === "error" || message.type() === "warning") {
          note(`${message.type()}: ${message.text()} (${message.location().url})`);
        }
      });
      context.on("weberror", (error) => note(`uncaught: ${error.error().stack ?? error.error().message}`));
      await use();
      expect(messages, "the browser console stays clean").toEqual([]);
    },
    { auto: true },
  ],
});

const demoUsers = {
  admin: { email: "admin@halden.example", password: "halden-demo" },
  member: { email: "member@halden.example", password: "halden-demo" },
};

function runsScript(): boolean {
  return test.info().project.use.javaScriptEnabled !== false;
}

/** Waits until the page answers to script; only then do clicks do what they do for a person. */
export async function hydrated(page: Page): Promise<void> {
  await page.locator("html[data-hydrated]").waitFor({ state: "attached" });
}

/** Signs in through the form and waits for the page that follows. */
export async function signIn(page: Page, who: keyof typeof demoUsers, next?: string): Promise<void> {
  const { email, password } = demoUsers[who];
  await page.goto(next === undefined ? "/login" : `/login?next=${encodeURIComponent(next)}`);
  if (runsScript()) await hydrated(page);
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((url) => url.pathname !== "/login");
  if (runsScript()) await hydrated(page);
}

/**
 * No accessibility fault that axe can find by the rules of WCAG 2.2 AA, on the page or in a part of it; and no contrast that
 * is too low in the other of light and dark, in which nothing else differs.
 */
export async function axe(page: Page, within?: string): Promise<void> {
  // Without script its promises never settle, and the test would only time out.
  if (!runsScript()) throw new Error("axe runs script in the page: use it in the project that has JavaScript");
  const isDark = await page.evaluate(() => matchMedia("(prefers-color-scheme: dark)").matches);
  const schemes = isDark ? (["light", "dark"] as const) : (["dark", "light"] as const);
  for (const [at, colorScheme] of schemes.entries()) {
    await page.emulateMedia({ colorScheme });
    const whole = new AxeBuilder({ page });
    const looked = within === undefined ? whole : whole.include(within);
    const { violations } = await (at === 0
      ? looked.withRules("color-contrast")
      : looked.withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"])
    ).analyze();
    const faults = violations.map(({ id, help, nodes }) => ({ id, help, where: nodes.map((node) => node.target.join(" ")) }));
    expect(faults, colorScheme).toEqual([]);
  }
}

/** The buttons that expand the rows. */
export const rows = (page: Page) => page.getByRole("table", { name: "Runs" }).locator(".run-toggle");
/** What the pager says of the rows. */
export const range = (page: Page) => page.getByRole("navigation", { name: "Pages" }).getByRole("status");
/** The expanded run. */
export const details = (page: Page) => page.getByRole("region", { name: "Run details" });
/** A filter's button. */
export const filter = (page: Page, name: string) =>
  page.getByRole("group", { name: "Filters" }).getByRole("button", { name, exact: true });
/** What the note above the rows says: how many words found, or what an id was. */
export const note = (page: Page) => page.locator(".runs-note");

/** Chooses an option of a filter's menu. */
export async function choose(page: Page, name: string, option: string): Promise<void> {
  await filter(page, name).click();
  await page.getByRole("listbox", { name, exact: true }).getByRole("option", { name: option, exact: true }).click();
}

/** A run as the API has it. */
export interface Run {
  id: string;
  workflow_id: string;
  conversation_id: string | null;
  ai_employee_id: string | null;
  trigger_url: string | null;
  [member: string]: unknown;
}

/** Runs by the API, newest first, as the signed-in person may see them. */
export async function runs(page: Page, query = "limit=100"): Promise<Run[]> {
  const { organization_id } = await (await page.request.get("/api/session")).json();
  const answer = await page.request.get(`/api/organizations/${organization_id}/workflows/runs/?${query}`);
  return (await answer.json()).data;
}

/** How many newer runs there are than the demo's run with a result of nearly a megabyte, and than the one of 1,200 steps. */
export const HEAVY = 31;
export const LONG = 57;
