import { checkEnds, expect, type Page } from "./fixtures";
import type { Locator } from "@playwright/test";

/** Where a page stands after the step before; every helper leaves the page where a user would be. */
export async function openConnector(page: Page, url: string, name: string): Promise<void> {
  await page.goto(`${url}/connections`);
  await page.getByRole("link", { name: "Marketplace" }).first().click();
  await page.waitForURL(/\/marketplace$/);
  await page.getByRole("link", { name, exact: true }).click();
  await page.waitForURL(/\/marketplace\/[a-z]+$/);
}

/** Goes from a connector's page to the form of its wizard. */
export async function toDetails(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^Continue/ }).click();
  await page.waitForURL(/\/connect\/drf_\w+\/sign-in/);
  await page.getByRole("link", { name: /^Continue/ }).click();
  await page.waitForURL(/\/connect\/drf_\w+\/details/);
}

/** Types into the form and starts the check; ends on the result. */
export async function testConnection(page: Page, values: Record<string, string>): Promise<void> {
  for (const [label, value] of Object.entries(values)) {
    const field = page.getByLabel(label, { exact: true });
    if ((await field.evaluate((element) => element.tagName)) === "SELECT") await field.selectOption(value);
    else await field.fill(value);
  }
  await page.getByRole("button", { name: "Test the connection" }).click();
  await page.waitForURL(/\/connect\/drf_\w+\/(test|done|details)/);
  await checkEnds(page);
}

/** From the done page to the connection's own page. */
export async function openConnection(page: Page): Promise<void> {
  await page.waitForURL(/\/done$/);
  await page.getByRole("link", { name: "Open the connection" }).click();
  await page.waitForURL(/\/connections\/con_\w+/);
}

/** Confirms on the page that asks before disconnecting. */
export async function disconnect(page: Page): Promise<void> {
  await page.waitForURL(/\/disconnect$/);
  const name = (await page.getByRole("heading", { level: 1 }).innerText()).replace(/^Disconnect (.*)\?$/, "$1");
  await page.getByLabel("Type the name to confirm").fill(name);
  await page.getByRole("button", { name: "Disconnect and erase" }).click();
  await page.waitForURL(/\/connections/);
  await expect(page.getByText(/disconnected/i).first()).toBeVisible();
}

/** Tests a saved connection again and disconnects it. */
export async function testAgainAndDisconnect(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Test now" }).first().click();
  await expect(page.getByRole("status").filter({ hasText: "Test passed" })).toBeVisible();
  await page.getByRole("link", { name: /^Disconnect/ }).first().click();
  await disconnect(page);
}

/** Presses Tab until `target` has the focus. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let presses = 0; presses < 140; presses += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error("not reachable by keyboard");
}
