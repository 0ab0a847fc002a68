import { checkEnds, expect, signIn, test } from "./fixtures";
import { openConnector, toDetails } from "./journeys";

test("islands: filter while typing, show a secret, menus close on Escape, the check streams", async ({ page, setUp }) => {
  await signIn(page, setUp);
  await page.goto(`${setUp.url}/marketplace`);
  await expect(page.getByRole("link", { name: "Ventures", exact: true })).toBeVisible();
  await page.getByRole("searchbox").fill("str");
  await expect(page.getByRole("link", { name: "Ventures", exact: true })).toBeHidden();
  await expect(page.getByRole("link", { name: "Stripe", exact: true })).toBeVisible();
  await expect(page).toHaveURL(/q=str/);

  await openConnector(page, setUp.url, "Ventures");
  await toDetails(page);
  const password = page.getByLabel("Password", { exact: true });
  await password.fill("correct-horse");
  await page.getByRole("button", { name: /^Show/ }).click();
  await expect(password).toHaveAttribute("type", "text");
  await page.getByRole("button", { name: /^Hide/ }).click();
  await expect(password).toHaveAttribute("type", "password");

  await page.getByLabel("Username", { exact: true }).fill("api_user");
  await page.getByLabel("Site name", { exact: true }).fill("test_integration");
  await page.getByRole("button", { name: "Test the connection" }).click();
  await page.waitForURL(/\/(test|done)$/);
  await checkEnds(page);
  await page.waitForURL(/\/done$/);

  await page.goto(`${setUp.url}/connections`);
  const menu = page.locator("header.lk-side details.lk-menu").last();
  await menu.locator("summary").click();
  await expect(menu).toHaveAttribute("open", "");
  await page.keyboard.press("Escape");
  await expect(menu).not.toHaveAttribute("open", "");
});
