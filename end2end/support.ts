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

/** No accessibility fault that axe can find by the rules of WCAG 2.2 AA. */
export async function axe(page: Page): Promise<void> {
  // Without script its promises never settle, and the test would only time out.
  if (!runsScript()) throw new Error("axe runs script in the page: use it in the project that has JavaScript");
  const { violations } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"])
    .analyze();
  const faults = violations.map(({ id, help, nodes }) => ({ id, help, where: nodes.map((node) => node.target.join(" ")) }));
  expect(faults).toEqual([]);
}
