import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { admin, expect, fillSetup, signIn, test } from "./fixtures";
import { disconnect, openConnection, openConnector, testConnection, toDetails } from "./journeys";
import { startLatchkey } from "./server";

const server = new URL(process.env.TEST_POSTGRES_URL ?? "");
const sql = (database: string, text: string) => execFileSync("psql", ["-qX", "-v", "ON_ERROR_STOP=1", "-d", Object.assign(new URL(server), { pathname: `/${database}` }).href, "-c", text]);

test("a password that was changed at the provider: the connection says so, and who must act", async ({ page, setUp, accessible }, info) => {
  const user = `probe_${info.project.name.replace("-", "_")}`;
  sql("postgres", `DROP ROLE IF EXISTS ${user}`);
  sql("postgres", `CREATE ROLE ${user} LOGIN PASSWORD 'first'`);
  await signIn(page, setUp);
  await openConnector(page, setUp.url, "PostgreSQL");
  await toDetails(page);
  await testConnection(page, { Host: server.hostname, Port: server.port, Database: "postgres", User: user, Encryption: "require", Password: "first" });
  await openConnection(page);
  sql("postgres", `ALTER ROLE ${user} PASSWORD 'second'`);
  await page.getByRole("button", { name: "Test now" }).first().click();
  await expect(page.getByRole("alert").first()).toContainText("PostgreSQL refused");
  await accessible("connection-refused");
  await page.goto(`${setUp.url}/connections`);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("1 needs you");
  await accessible("connections-needs");
  await page.goto(`${setUp.url}/connections?q=nothing-like-this`);
  await accessible("connections-no-match");
  await page.goto(`${setUp.url}/connections?status=needs`);
  await page.getByRole("row").nth(1).getByRole("link").click();
  await page.waitForURL(/\/connections\/con_/);
  await page.getByRole("link", { name: /^Disconnect/ }).first().click();
  await disconnect(page);
  sql("postgres", `DROP ROLE ${user}`);
});

test("a viewer, on PostgreSQL: sees how things are, and who can help", async ({ page, accessible, expectedStatuses }, info) => {
  expectedStatuses.add(403).add(404);
  const database = `console_${info.project.name.replace("-", "_")}`;
  sql("postgres", `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
  sql("postgres", `CREATE DATABASE ${database}`);
  const latchkey = await startLatchkey({
    DATABASE_URL: Object.assign(new URL(server), { pathname: `/${database}` }).href,
    LATCHKEY_VAULT__KEY: randomBytes(32).toString("base64"),
  });
  try {
    await page.goto(latchkey.setupLink);
    await fillSetup(page);
    const id = "0".repeat(25) + "1";
    // The pages to add people come later; the viewer shares the admin's password.
    sql(
      database,
      `INSERT INTO users (id, email, name, password_hash, super_admin, theme, disabled, created_ms) SELECT 'usr_${id}', 'priya@example.com', 'Priya Nair', password_hash, FALSE, '', FALSE, 1 FROM users;
       INSERT INTO members (id, org_id, user_id, role, status, created_ms) SELECT 'mem_${id}', id, 'usr_${id}', 'viewer', 'active', 1 FROM organizations`,
    );
    await page.goto(`${latchkey.url}/connect/ventures/quick`);
    await page.getByLabel("Username").fill("api_user");
    await page.getByLabel("Password", { exact: true }).fill("correct-horse");
    await page.getByLabel("Site name").fill("test_integration");
    await page.getByRole("button", { name: "Connect Ventures" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toContainText("Ventures is connected", { timeout: 15_000 });

    await page.context().clearCookies();
    await page.goto(`${latchkey.url}/sign-in`);
    await page.getByLabel("E-mail").fill("priya@example.com");
    await page.getByLabel("Password", { exact: true }).fill(admin.password);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.waitForURL(/\/connections/);
    await expect(page.getByRole("link", { name: "Marketplace" })).toHaveCount(0);
    await accessible("connections-viewer");
    await page.getByRole("row").nth(1).getByRole("link").click();
    await page.waitForURL(/\/connections\/con_/);
    await expect(page.getByRole("button", { name: "Test now" })).toHaveCount(0);
    await accessible("connection-viewer");
    const answer = await page.goto(`${latchkey.url}/marketplace`);
    expect(answer?.status()).toBe(403);
    await expect(page.getByRole("main")).toContainText(admin.email);
    await accessible("no-permission");
  } finally {
    await latchkey.stop();
    sql("postgres", `DROP DATABASE ${database} WITH (FORCE)`);
  }
});
