import { details, expect, hydrated, rows, runs, signIn, test } from "./support";

const shots = [
  { name: "list-light", colorScheme: "light", width: 1440, height: 1180 },
  { name: "list-dark", colorScheme: "dark", width: 1440, height: 1180 },
  { name: "run-light", colorScheme: "light", width: 1440, height: 1180 },
  { name: "phone-light", colorScheme: "light", width: 390, height: 844 },
  { name: "phone-dark", colorScheme: "dark", width: 390, height: 844 },
] as const;

for (const { name, colorScheme, width, height } of shots) {
  test.describe(name, () => {
    test.use({ colorScheme, viewport: { width, height } });

    test(`docs/${name}.png`, async ({ page }) => {
      await signIn(page, "admin", "/logs");
      if (name.startsWith("run")) {
        const run = (await runs(page, "status=failed&limit=1"))[0];
        await page.goto(`/logs?status=failed&run=${run.id}`);
      } else if (width > 1000) {
        await page.goto("/logs?date=7d");
        await hydrated(page);
        await page.getByRole("button", { name: /^Failed, / }).first().click();
      }
      await hydrated(page);
      if (width > 1000) await expect(details(page).locator(".step").first()).toBeVisible();
      await expect(rows(page).first()).toBeVisible();
      await page.mouse.move(0, 0);
      await page.evaluate(() => {
        (document.activeElement as HTMLElement | null)?.blur();
        scrollTo(0, 0);
      });
      await page.screenshot({ path: `../docs/${name}.png`, animations: "disabled" });
    });
  });
}
