import { type Browser, type Page } from "@playwright/test";
import { HEAVY, LONG, details, expect, hydrated, rows, runs, signIn, test } from "./support";

/** How often a page is opened for its medians. */
const TIMES = 9;
/** No task of the page may hold it up for longer, in milliseconds. */
const LONGEST = 100;

const median = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const say = (text: string) => console.log(`    ${text}`);

/** Notes from the first moment on when things happened. */
async function watch(page: Page) {
  await page.addInitScript(() => {
    const seen = { tasks: [] as number[], shifts: [] as string[], rows: 0, interactive: 0 };
    (window as any).seen = seen;
    const observe = (type: string, take: (entry: any) => void) =>
      new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
    observe("longtask", (entry) => seen.tasks.push(Math.round(entry.duration)));
    observe("layout-shift", (entry) => {
      const moved = entry.sources.map(({ node }: any) => (node?.outerHTML ?? node?.textContent ?? "").slice(0, 80));
      seen.shifts.push(`${entry.value} at ${Math.round(entry.startTime)} ms: ${moved.join(", ")}`);
    });
    new MutationObserver(() => {
      if (!seen.rows && document.querySelector(".run")) {
        seen.rows = -1;
        requestAnimationFrame(() => (seen.rows = performance.now()));
      }
      if (!seen.interactive && document.documentElement.hasAttribute("data-hydrated")) seen.interactive = performance.now();
    }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-hydrated"] });
  });
}

const longest = (page: Page) => page.evaluate(() => Math.max(0, ...(window as any).seen.tasks));
const forget = (page: Page) => page.evaluate(() => void ((window as any).seen.tasks.length = 0));

/** Opens an address in a browser that has nothing of it yet. */
async function openCold(browser: Browser, from: Page, path: string) {
  const context = await browser.newContext({ storageState: await from.context().storageState() });
  const page = await context.newPage();
  await watch(page);
  await page.goto(path);
  await hydrated(page);
  const figures = await page.evaluate(() => {
    const all = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")] as PerformanceResourceTiming[];
    const { rows, interactive, shifts, tasks } = (window as any).seen;
    return {
      paint: performance.getEntriesByName("first-contentful-paint")[0].startTime,
      rows,
      interactive,
      shifts,
      longest: Math.max(0, ...tasks),
      bytes: all.reduce((sum, entry) => sum + entry.transferSize, 0),
      requests: all.length,
    };
  });
  await context.close();
  return figures;
}

/** Scrolls to the end and back, a screen at a time. */
async function scrollThrough(page: Page, selector?: string) {
  await page.evaluate(async (selector) => {
    const place = selector ? document.querySelector(selector)! : document.scrollingElement!;
    const frame = () => new Promise(requestAnimationFrame);
    for (let top = 0; top < place.scrollHeight; top += place.clientHeight * 0.8) {
      place.scrollTop = top;
      await frame();
    }
    place.scrollTop = 0;
    await frame();
  }, selector);
}

for (const [name, path] of [
  ["the list", async () => "/logs"],
  ["a failed run by its link", async (page: Page) => `/logs?run=${(await runs(page, "status=failed&limit=1"))[0].id}`],
] as const) {
  test(`${name}, opened in a browser that has nothing yet`, async ({ page, browser }) => {
    await signIn(page, "admin", "/logs");
    const address = await path(page);
    const all = [];
    for (let time = 0; time < TIMES; time++) all.push(await openCold(browser, page, address));
    const of = (figure: Exclude<keyof (typeof all)[0], "shifts">) => Math.round(median(all.map((figures) => figures[figure])));
    say(
      `${name}: first contentful paint ${of("paint")} ms, rows visible ${of("rows")} ms, interactive ${of("interactive")} ms, ` +
        `longest task ${of("longest")} ms, ${Math.round(of("bytes") / 1024)} KB in ${of("requests")} requests (medians of ${TIMES})`,
    );
    expect(all.flatMap((figures) => figures.shifts), "layout shifts").toEqual([]);
  });
}

test("a payload of nearly a megabyte", async ({ page }) => {
  await watch(page);
  await signIn(page, "admin", "/logs");
  await page.goto(`/logs?run=${(await runs(page))[HEAVY].id}`);
  await hydrated(page);
  const lines = details(page).locator(".step > details > summary");
  await lines.evaluateAll((summaries) => summaries.forEach((summary) => (summary as HTMLElement).click()));
  const payload = page.locator(".payload").filter({ has: page.getByRole("button", { name: /^Show all .*KB/ }) }).first();
  const show = payload.getByRole("button", { name: /^Show all / });
  await show.waitFor();
  const label = await payload.locator(".payload-size").textContent();
  await forget(page);
  await page.evaluate(() => {
    const began = document.querySelectorAll(".json-branch").length;
    new MutationObserver((_, observer) => {
      if (document.querySelectorAll(".json-branch").length > began) {
        observer.disconnect();
        requestAnimationFrame(() => ((window as any).seen.opened = performance.now()));
      }
    }).observe(document.body, { subtree: true, childList: true });
  });
  await show.click();
  await page.waitForFunction(() => (window as any).seen.opened);
  const opening = await page.evaluate(() => {
    const entries = performance.getEntriesByType("resource").filter((entry) => entry.name.endsWith("/fn/get_payload"));
    return Math.round((window as any).seen.opened - (entries.pop() as PerformanceResourceTiming).responseEnd);
  });
  const whileOpening = await longest(page);
  await forget(page);
  await details(page).locator(".json-members .json-branch > summary").first().click();
  await scrollThrough(page, ".payload > .json");
  await scrollThrough(page);
  const whileScrolling = await longest(page);
  say(`${label} of JSON: open ${opening} ms after it came, longest task ${whileOpening} ms then and ${whileScrolling} ms while scrolling`);
  expect(Math.max(opening, whileScrolling)).toBeLessThanOrEqual(LONGEST);
});

test("twelve hundred steps", async ({ page }) => {
  await watch(page);
  await signIn(page, "admin", "/logs?page=3");
  const run = (await runs(page))[LONG];
  await rows(page).first().hover();
  await page.waitForLoadState("networkidle");
  await forget(page);
  const arrived = page.waitForResponse("**/fn/get_run");
  await page.locator(`#toggle-${run.id}`).click();
  await arrived;
  // By its class, as to find things by their roles would itself take longer among so many.
  const more = page.locator(".steps-more button");
  await more.click();
  await page.waitForFunction(() => document.querySelectorAll(".step:not(.step-call)").length === 1_201);
  const whileDrawing = await longest(page);
  await forget(page);
  await scrollThrough(page);
  const whileScrolling = await longest(page);
  say(`1,200 steps: longest task ${whileDrawing} ms while they are drawn and ${whileScrolling} ms while scrolling`);
  expect(Math.max(whileDrawing, whileScrolling)).toBeLessThanOrEqual(LONGEST);
});
