/** A transaction that was prepared for a commit in two phases: it survives its session, holds its locks, and may be committed at any time. */
export interface PreparedFacts {
  /** As the server names it, for people. */
  readonly name: string;
  /** The account that prepared it, as a finding names it; empty where the server does not say. */
  readonly account: string;
  /** Since when, in the server's words; null where it does not say. */
  readonly since: string | null;
}
