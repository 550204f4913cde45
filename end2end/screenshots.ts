import { expect, hydrated, signIn, test } from "./support";

const shots = [
  { name: "list-light", colorScheme: "light", width: 1440, height: 1180 },
  { name: "list-dark", colorScheme: "dark", width: 1440, height: 1180 },
  { name: "phone-light", colorScheme: "light", width: 390, height: 844 },
  { name: "phone-dark", colorScheme: "dark", width: 390, height: 844 },
] as const;

for (const { name, colorScheme, width, height } of shots) {
  test.describe(name, () => {
    test.use({ colorScheme, viewport: { width, height } });

    test(`docs/${name}.png`, async ({ page }) => {
      await signIn(page, "admin", "/logs");
      if (width > 1000) {
        await page.getByRole("button", { name: /^Failed, / }).first().click();
        await expect(page.getByRole("region", { name: "Run details" }).getByRole("heading", { name: "Input" })).toBeVisible();
        await page.mouse.move(0, 0);
      }
      await hydrated(page);
      await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
      await page.screenshot({ path: `../docs/${name}.png`, animations: "disabled" });
    });
  });
}
