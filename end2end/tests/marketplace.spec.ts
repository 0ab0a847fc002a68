import { expect, signIn, test } from "./fixtures";

test("the marketplace narrows by words, region, sign-in and readiness, all in the address", async ({ page, setUp: latchkey, javaScriptEnabled, accessible }) => {
  await signIn(page, latchkey);
  await page.goto(`${latchkey.url}/marketplace`);
  const tile = (name: string) => page.getByRole("link", { name, exact: true });
  const apply = async () => {
    if (javaScriptEnabled === false) await page.getByRole("button", { name: "Apply" }).click();
  };
  await page.getByLabel("Kind of sign-in").selectOption("password");
  await apply();
  await expect(tile("Ventures")).toBeVisible();
  await expect(tile("Stripe")).toBeHidden();
  await page.getByLabel("Region").selectOption("ZA");
  await apply();
  await expect(tile("Ventures")).toBeHidden();
  await expect(tile("MySQL")).toBeVisible();
  await expect(page).toHaveURL(/region=ZA/);
  await expect(page).toHaveURL(/sign_in=password/);
  await page.reload();
  await expect(tile("MySQL")).toBeVisible();
  await expect(tile("Stripe")).toBeHidden();
  await page.getByRole("link", { name: /^Commerce/ }).click();
  await expect(page).toHaveURL(/category=commerce.*region=ZA/);
  await expect(page.getByText("No connector matches.")).toBeVisible();
  await accessible("marketplace-none");
  await page.getByRole("link", { name: "Show all of them" }).click();
  await page.getByLabel("Readiness").selectOption("preview");
  await apply();
  await expect(tile("Sage Accounting")).toBeVisible();
  await expect(tile("GitHub")).toBeHidden();
});

test("a connector that is missing is asked for, and ticked off", async ({ page, setUp: latchkey, accessible }) => {
  await signIn(page, latchkey);
  await page.goto(`${latchkey.url}/marketplace`);
  await page.getByRole("link", { name: "Request a connector" }).click();
  await accessible("request");
  await page.getByLabel("Service", { exact: true }).fill("Tide Bank");
  await page.getByLabel(/^What for/).fill("Month-end balances");
  await page.getByRole("button", { name: "Send the request" }).click();
  await expect(page.getByText("Tide Bank is noted.")).toBeVisible();
  await expect(page.getByText("Month-end balances")).toBeVisible();
  await accessible("request-noted");
  await page.getByRole("button", { name: /^Done/ }).click();
  await expect(page.getByText("The request is removed.")).toBeVisible();
});
