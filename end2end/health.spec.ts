import { expect, test } from "./support";

for (const path of ["/health/live", "/health/ready"]) {
  test(`${path} says yes`, async ({ request }) => {
    const response = await request.get(path);
    expect(response.status()).toBe(200);
  });
}
