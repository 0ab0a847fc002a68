import { expect, signIn, test } from "./fixtures";

test("the address to register is copied with one press", async ({ page, setUp: latchkey, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: latchkey.url });
  await signIn(page, latchkey);
  await page.goto(`${latchkey.url}/oauth-apps/doctor`);
  await page.getByRole("button", { name: "Copy" }).click();
  await expect(page.getByRole("button", { name: "Copied" })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(`${latchkey.url}/oauth/callback/{connector}`);
});

test("the doctor says what the browser itself says", async ({ page, setUp: latchkey }) => {
  await signIn(page, latchkey);
  await page.goto(`${latchkey.url}/oauth-apps/doctor`);
  await expect(page.getByText(`Your browser itself says ${latchkey.url}: the same.`)).toBeVisible();
});
