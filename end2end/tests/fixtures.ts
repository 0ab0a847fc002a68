import AxeBuilder from "@axe-core/playwright";
import { expect, test as base, type Page } from "@playwright/test";
import { startLatchkey, type Latchkey } from "./server";

export { expect };
export type { Page };

/** The first admin, as set up in every run. */
export const admin = { organization: "AmPac Business Capital", name: "Dana Whitfield", email: "dana@example.com", password: "a quiet brass key, well cut" };

interface Fixtures {
  /** Statuses of documents that a test asks for on purpose, such as 404. */
  expectedStatuses: Set<number>;
  /** Checks the page as it stands with axe in both themes, and that it does not scroll sideways. */
  accessible: (what: string) => Promise<void>;
  /** A server that nobody has set up. */
  fresh: Latchkey;
  signedIn: Page;
}

interface WorkerFixtures {
  latchkey: Latchkey;
  setUp: Latchkey;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  latchkey: [
    async ({}, use) => {
      const latchkey = await startLatchkey();
      await use(latchkey);
      await latchkey.stop();
    },
    { scope: "worker" },
  ],
  setUp: [
    async ({ latchkey, browser }, use) => {
      const page = await browser.newPage({ javaScriptEnabled: false });
      await page.goto(latchkey.setupLink);
      if (await page.getByRole("button", { name: "Create organisation" }).count()) await fillSetup(page);
      await page.close();
      await use(latchkey);
    },
    { scope: "worker" },
  ],
  expectedStatuses: async ({}, use) => use(new Set()),
  fresh: async ({}, use) => {
    const latchkey = await startLatchkey();
    await use(latchkey);
    await latchkey.stop();
  },
  page: async ({ page, expectedStatuses, javaScriptEnabled }, use) => {
    const problems: string[] = [];
    page.on("console", (message) => {
      const status = message.text().match(/status of (\d{3})/);
      if (status && expectedStatuses.has(Number(status[1]))) return;
      // Without script the module is not used, and Chromium says so when the page stays open long enough.
      if (javaScriptEnabled === false && message.type() === "warning" && message.text().includes("was preloaded using link preload but not used")) return;
      if (message.type() === "error" || message.type() === "warning") problems.push(`${message.type()}: ${message.text()} (${message.location().url})`);
    });
    page.on("pageerror", (error) => problems.push(`exception: ${error.message}`));
    page.on("requestfailed", (request) => {
      // Without script Chromium refuses to preload the module that it will not run.
      if (javaScriptEnabled === false && request.failure()?.errorText === "csp" && request.url().includes("/pkg/")) return;
      if (request.failure()?.errorText !== "net::ERR_ABORTED") problems.push(`request failed: ${request.url()} ${request.failure()?.errorText}`);
    });
    await use(page);
    expect(problems, "the browser's console").toEqual([]);
  },
  accessible: async ({ page, javaScriptEnabled }, use, info) => {
    let number = 0;
    await use(async (what) => {
      number += 1;
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        // axe is script itself: without script it cannot run, and the page is the same HTML.
        if (javaScriptEnabled !== false) expect(await violations(page), `${what}, ${colorScheme}`).toEqual([]);
        if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${info.project.name}-${what}-${colorScheme}.png`, fullPage: true });
      }
      await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
      for (const width of [320, 390]) {
        await page.setViewportSize({ width, height: 844 });
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        expect(overflow, `${what} scrolls sideways at ${width} px`).toBeLessThanOrEqual(0);
      }
      if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${info.project.name}-${what}-390.png`, fullPage: true });
      await page.setViewportSize({ width: 1440, height: 1000 });
    });
  },
  signedIn: async ({ page, setUp }, use) => {
    await signIn(page, setUp);
    await use(page);
  },
});

async function violations(page: Page): Promise<string[]> {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const found = await new AxeBuilder({ page }).withTags(tags).analyze();
  return found.violations.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.html).join(" | ")}`);
}

/** Fills in the setup page and sends it. */
export async function fillSetup(page: Page): Promise<void> {
  await page.getByLabel("Organisation", { exact: true }).fill(admin.organization);
  await page.getByLabel("Your name").fill(admin.name);
  await page.getByLabel("Your e-mail").fill(admin.email);
  await page.getByLabel("Password", { exact: true }).fill(admin.password);
  await page.getByRole("button", { name: "Create organisation" }).click();
  await page.waitForURL(/\/(connections|sign-in)/);
}

/** Signs the admin in. */
export async function signIn(page: Page, latchkey: Latchkey): Promise<void> {
  await page.goto(`${latchkey.url}/sign-in`);
  await page.getByLabel("E-mail").fill(admin.email);
  await page.getByLabel("Password", { exact: true }).fill(admin.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.waitForURL(/\/connections/);
}

/** Waits for a wizard's check to end, with or without script. */
export async function checkEnds(page: Page): Promise<void> {
  await expect(async () => {
    if (await page.locator("[aria-busy='true']").count()) throw new Error("still running");
  }).toPass({ timeout: 30_000 });
}
