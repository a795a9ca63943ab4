/** What a verify of everything would look at, and what it would leave unproved. */
export interface PlanFacts {
  readonly tables: number;
  /** Null where the servers have no idea. */
  readonly rows: number | null;
  readonly bytes: number | null;
  readonly seconds: number | null;
  /** What could not be verified whatever its rows say: one sentence each, with what to do. */
  readonly unverified: readonly {
    readonly subject: string;
    readonly message: string;
    readonly hint: string;
  }[];
  /** What differs already, before a row is read. */
  readonly different: readonly {
    readonly subject: string;
    readonly message: string;
    readonly hint: string;
  }[];
}
