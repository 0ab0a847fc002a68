import { expect, signIn, test } from "./fixtures";

test("the API's reference is a page of this server, found from the person's menu", async ({ page, setUp: latchkey, accessible }) => {
  // One page with every call: axe takes its time.
  test.slow();
  await signIn(page, latchkey);
  await page.locator("header.lk-side details.lk-menu").last().locator("summary").click();
  await page.locator("header.lk-side").getByRole("link", { name: /API/ }).click();
  await page.waitForURL(/\/docs\/api$/);
  await expect(page.getByRole("main")).toContainText("/api/v1/connections");
  await accessible("api-reference");
});
