/** One test case. It is a pass only where all three outcomes are null; of several, the first one in this order is its outcome. */
export interface TestCase {
  readonly group: 'tables' | 'run' | 'left-out';
  readonly name: string;
  readonly seconds: number;
  /** What differs, in one sentence. */
  readonly failure: string | null;
  /** What was asked for and not checked, in one sentence; beside a failure it is told in its text. */
  readonly error: string | null;
  /** Why this is no proof, in one sentence; only where nothing failed. */
  readonly skipped: string | null;
  /** Rows and findings; empty where there is nothing to tell. */
  readonly details: string;
}

/** A test case without an outcome, to which the outcome is added. */
export function emptyCase(group: TestCase['group'], name: string): TestCase {
  return { group, name, seconds: 0, failure: null, error: null, skipped: null, details: '' };
}
