import { checkEnds, expect, signIn, test } from "./fixtures";
import { disconnect, openConnector, toDetails } from "./journeys";

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
  // A provider that answers after a minute: the steps arrive in the page as it stands.
  await page.getByLabel("Site name", { exact: true }).fill("fail_Slow");
  await page.getByRole("button", { name: "Test the connection" }).click();
  await page.waitForURL(/\/test$/);
  await page.evaluate(() => document.body.setAttribute("data-same-page", ""));
  await expect(page.getByText("Sending the password")).toBeVisible();
  await expect(page.locator("body[data-same-page]")).toHaveCount(1);
  await expect(page.locator("[aria-busy='true']")).toHaveCount(1);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("did not answer", { timeout: 20_000 });
  await page.getByRole("link", { name: "Change the details" }).or(page.getByRole("link", { name: "Test again" })).first().click();
  await page.waitForURL(/\/details/);
  await password.fill("correct-horse");
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
  await page.getByRole("link", { name: /^Ventures/ }).first().click();
  await page.getByRole("link", { name: /^Disconnect/ }).first().click();
  await disconnect(page);
});
