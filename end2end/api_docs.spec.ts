import { expect, test } from "./support";

test("the API is described for people, and can be tried from there", async ({ page, request }) => {
  await page.goto("/api/docs");
  await expect(page).toHaveURL(/\/api\/docs\/$/);
  await expect(page.getByRole("heading", { name: /^Alloy Logs/ })).toBeVisible();
  await expect(page.getByText("The runs of an organization, newest first")).toBeVisible();
  await page.getByRole("button", { name: /GET.*\/health\/ready/ }).first().click();
  await page.getByRole("button", { name: "Try it out" }).click();
  const answered = page.waitForResponse("**/health/ready");
  await page.getByRole("button", { name: "Execute" }).click();
  expect((await answered).status()).toBe(200);
  const described = await (await request.get("/api/openapi.json")).json();
  expect(described.openapi).toBe("3.1.0");
});
