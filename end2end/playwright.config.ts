import { defineConfig } from "@playwright/test";

const browser = {
  browserName: "chromium" as const,
  launchOptions: {
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
  },
};

// The same specs run with JavaScript on and off; what only script can do stands in *.hydrate.spec.ts.
export default defineConfig({
  testDir: "tests",
  outputDir: "test-results",
  fullyParallel: false,
  workers: 1,
  retries: 0,
  forbidOnly: true,
  timeout: 180_000,
  reporter: [["list"], ["./totals-reporter.ts"]],
  use: { ...browser, actionTimeout: 20_000, navigationTimeout: 30_000, trace: "retain-on-failure", viewport: { width: 1440, height: 1000 }, contextOptions: { reducedMotion: "reduce" } },
  projects: [
    { name: "javascript-on", use: { javaScriptEnabled: true } },
    { name: "javascript-off", use: { javaScriptEnabled: false }, testIgnore: /.*hydrate\.spec\.ts/ },
  ],
});
