import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { admin, expect, fillSetup, signIn, test } from "./fixtures";
import { disconnect, openConnection, openConnector, testConnection, toDetails } from "./journeys";
import { startLatchkey } from "./server";

const server = new URL(process.env.TEST_POSTGRES_URL ?? "");
const sql = (database: string, text: string) => execFileSync("psql", ["-qX", "-v", "ON_ERROR_STOP=1", "-d", Object.assign(new URL(server), { pathname: `/${database}` }).href, "-c", text]);

test("the audit log: what happened, narrowed, one entry, older ones, a file, whole", async ({ page, setUp: latchkey, accessible }) => {
  await signIn(page, latchkey);
  await openConnector(page, latchkey.url, "Ventures");
  await toDetails(page);
  await testConnection(page, { Username: "api_user", Password: "correct-horse", "Site name": "test_integration" });
  await openConnection(page);
  await page.getByRole("button", { name: "Turn off" }).click();
  await page.getByRole("link", { name: /^Disconnect/ }).first().click();
  await disconnect(page);

  await page.getByRole("link", { name: "Audit log" }).first().click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Audit log");
  const entries = page.getByRole("main").locator("ol > li");
  await expect(entries.first()).toContainText(`${admin.name} disconnected Ventures`);
  await expect(page.getByRole("heading", { level: 3 }).first()).toContainText("Today, ");
  await accessible("audit");

  await page.getByLabel("What").selectOption({ label: "Sign-ins and accounts" });
  await page.getByLabel("Who").selectOption({ label: admin.name });
  await page.getByLabel("When").selectOption({ label: "Last 7 days" });
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(entries.first()).toContainText(`${admin.name} signed in.`);
  await expect(page.getByRole("main")).not.toContainText("disconnected Ventures");
  await expect(page.getByLabel("What")).toHaveValue("sign-in");
  await page.getByLabel("What").selectOption("");
  await page.getByLabel("Search").fill("ventures");
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(entries.first()).toContainText("Ventures");
  await page.getByLabel("Search").fill("nothing like this");
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(page.getByText("Nothing fits.")).toBeVisible();
  await accessible("audit-nothing");

  await page.goto(`${latchkey.url}/audit?what=connections`);
  await entries.first().getByRole("link").click();
  await page.waitForURL(/\/audit\/[^/]+\/\d+$/);
  await expect(page.getByRole("main")).toContainText("connection.disconnected");
  await expect(page.getByText("It is as it was written.")).toBeVisible();
  await accessible("audit-entry");

  for (let number = 0; number < 55; number += 1) await page.request.post(`${latchkey.url}/actions/theme`, { form: { theme: number % 2 ? "dark" : "", back: "/audit" }, headers: { origin: latchkey.url }, maxRedirects: 0 });
  await page.goto(`${latchkey.url}/audit`);
  await expect(entries).toHaveCount(50);
  await page.getByRole("link", { name: "Older" }).click();
  await page.waitForURL(/before=/);
  await expect(entries.filter({ hasText: "disconnected Ventures" }).first()).toBeVisible();
  await page.getByRole("link", { name: "Newest" }).click();

  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Export CSV" }).click()]);
  expect(file.suggestedFilename()).toBe("latchkey-audit.csv");
  const text = readFileSync(await file.path(), "utf8");
  expect(text).toContain("connection.disconnected");
  expect(text.startsWith("at,node,seq,")).toBe(true);

  await page.goto(`${latchkey.url}/audit/verify`);
  await page.getByRole("button", { name: "Verify now" }).click();
  await expect(page.getByText("The verification has begun.")).toBeVisible();
  await expect(async () => {
    await page.goto(`${latchkey.url}/audit/verify`);
    await expect(page.getByText("Every chain is whole.")).toBeVisible({ timeout: 500 });
  }).toPass();
  await accessible("audit-verify");
  await page.goto(`${latchkey.url}/audit`);
  await expect(page.getByText("The chain is whole")).toBeVisible();
  await accessible("audit-whole");

  await page.goto(`${latchkey.url}/organisation/audit`);
  await page.getByLabel("For a number of days").check();
  await page.getByLabel(/^Days/).fill("7");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Keep entries for 30 days or more, or for ever.").first()).toBeVisible();
  await accessible("audit-retention");
  await page.getByLabel(/^Days/).fill("365");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Saved.")).toBeVisible();
  await page.getByLabel("For ever").check();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Saved.")).toBeVisible();
});

test("who sees what of the audit log, on PostgreSQL", async ({ page, accessible, expectedStatuses }, info) => {
  expectedStatuses.add(403);
  const database = `audit_${info.project.name.replace("-", "_")}`;
  sql("postgres", `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
  sql("postgres", `CREATE DATABASE ${database}`);
  const latchkey = await startLatchkey({
    DATABASE_URL: Object.assign(new URL(server), { pathname: `/${database}` }).href,
    LATCHKEY_VAULT__KEY: randomBytes(32).toString("base64"),
  });
  try {
    await page.goto(latchkey.setupLink);
    await fillSetup(page);
    const id = "0".repeat(25);
    for (const [number, name, role] of [
      [1, "Devi Rao", "developer"],
      [2, "Priya Nair", "viewer"],
    ] as const) {
      sql(
        database,
        `INSERT INTO users (id, email, name, password_hash, super_admin, theme, disabled, created_ms) SELECT 'usr_${id}${number}', '${role}@example.com', '${name}', password_hash, FALSE, '', FALSE, 1 FROM users WHERE super_admin;
         INSERT INTO members (id, org_id, user_id, role, status, created_ms) SELECT 'mem_${id}${number}', id, 'usr_${id}${number}', '${role}', 'active', 1 FROM organizations`,
      );
    }
    for (const role of ["developer", "viewer"]) {
      await page.context().clearCookies();
      await page.goto(`${latchkey.url}/sign-in`);
      await page.getByLabel("E-mail").fill(`${role}@example.com`);
      await page.getByLabel("Password", { exact: true }).fill(admin.password);
      await page.getByRole("button", { name: "Sign in", exact: true }).click();
      await page.waitForURL(/\/connections/);
      await expect(page.getByRole("link", { name: "Audit log" })).toHaveCount(role === "viewer" ? 0 : 1);
      await page.goto(`${latchkey.url}/audit`);
      if (role === "viewer") {
        await expect(page.getByRole("heading", { level: 1 })).not.toHaveText("Audit log");
      } else {
        await expect(page.getByRole("main").locator("ol > li")).toHaveCount(1);
        await expect(page.getByRole("main")).toContainText("Devi Rao signed in.");
        await expect(page.getByRole("main")).not.toContainText(admin.name);
        await accessible("audit-developer");
      }
    }
  } finally {
    await latchkey.stop();
    sql("postgres", `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
  }
});
