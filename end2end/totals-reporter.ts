import type { FullResult, Reporter, TestCase, TestResult } from "@playwright/test/reporter";

/** Closes the run with one plain line of totals. */
export default class Totals implements Reporter {
  private passed = 0;
  private failed = 0;

  onTestEnd(test: TestCase, result: TestResult): void {
    if (result.status === "passed") this.passed += 1;
    else this.failed += 1;
  }

  onEnd(_result: FullResult): void {
    console.log(`${this.passed} passed, ${this.failed} failed`);
  }
}
