import { expect, signIn, test } from "./fixtures";

test("an application and its key: made, used, replaced, ended", async ({ page, setUp: latchkey, accessible, request }) => {
  await signIn(page, latchkey);
  const name = `Spend report ${test.info().project.name}`;
  const status = async (key: string): Promise<number> =>
    (await request.get(`${latchkey.url}/api/v1/connections`, { headers: { Authorization: `Bearer ${key}` } })).status();

  await page.goto(`${latchkey.url}/connections`);
  await page.getByRole("link", { name: "Applications" }).first().click();
  await page.waitForURL(/\/applications$/);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Applications");
  await accessible("applications-empty");
  await page.getByRole("link", { name: "Add an application" }).click();
  await accessible("application-new");
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Purpose", { exact: true }).fill("Reads what was spent.");
  await page.getByRole("button", { name: "Add the application" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
  const home = page.url();
  await accessible("application-without-key");

  await page.getByRole("link", { name: "Make a key" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Production");
  await page.getByRole("button", { name: "Make the key" }).click();
  await expect(page.getByText("Choose at least one thing that the program may do.").first()).toBeVisible();
  await expect(page.getByLabel("Name", { exact: true })).toHaveValue("Production");
  await accessible("api-key-refused");
  await page.getByLabel(/^See connections/).check();
  await page.getByRole("button", { name: "Make the key" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Here is the key");
  const key = await page.getByLabel("Key", { exact: true }).inputValue();
  expect(key).toMatch(/^lk_live_[0-9a-hjkmnp-tv-z]{26}_[0-9A-Za-z]{49}$/);
  await accessible("api-key-made");
  expect(await status(key)).toBe(200);
  expect(await status(`${key.slice(0, -1)}@`)).toBe(401);

  await page.getByRole("link", { name: "I have copied it" }).click();
  await expect(page.getByRole("link", { name: "Production" })).toBeVisible();
  expect(await page.content()).not.toContain(key.slice(36));
  await accessible("application");
  await page.getByRole("link", { name: "Production" }).click();
  await accessible("api-key");
  await page.getByLabel(/^Make a new key/).selectOption("1");
  await page.getByRole("button", { name: "Replace the key" }).click();
  const next = await page.getByLabel("Key", { exact: true }).inputValue();
  expect(next).not.toBe(key);
  expect([await status(key), await status(next)]).toEqual([200, 200]);

  await page.goto(home);
  await page.getByRole("button", { name: "Turn off" }).click();
  await expect(page.getByText("It is turned off.").first()).toBeVisible();
  await accessible("application-off");
  expect([await status(key), await status(next)]).toEqual([401, 401]);
  await page.getByRole("button", { name: "Turn on" }).click();
  expect(await status(next)).toBe(200);

  await page.getByRole("link", { name: "Production" }).first().click();
  await page.getByRole("button", { name: "End the key now" }).click();
  await expect(page.getByText("Production has ended.")).toBeVisible();
  expect(await status(next)).toBe(401);
  expect(await status(key)).toBe(200);

  await page.getByLabel("Type the name to delete it with its keys").fill(name);
  await page.getByRole("button", { name: "Delete the application" }).click();
  await expect(page.getByText(`${name} is deleted.`)).toBeVisible();
  expect(await status(key)).toBe(401);
});
