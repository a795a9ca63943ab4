/** How many sessions a server takes. */
export interface CapacityFacts {
  /** For applications: without what is kept for administrators. */
  readonly limit: number;
  /** The most that there were since it started, or those that there are where it does not say. */
  readonly used: number;
}

/** An account that may log in, and for how long. */
export interface ExpiryFacts {
  /** As statements name it. */
  readonly account: string;
  readonly user: string;
  /** Completes "the account …": "is locked", "has a password that has expired". */
  readonly obstacle: string | null;
  /** Days until its password expires, where that has an end; below zero where it has expired. */
  readonly daysLeft: number | null;
}

/** A table of some size whose rows the planner knows nothing of. */
export interface UnanalyzedFacts {
  readonly schema: string;
  readonly table: string;
  readonly bytes: number;
}

/** What a database holds of what is installed into it. */
export interface ExtensionFacts {
  readonly name: string;
  readonly version: string;
}

/** A table whose rows cannot be named to who follows the server. */
export interface UnidentifiedFacts {
  readonly schema: string;
  readonly table: string;
  /** Whether its updates or deletes are published all the same. */
  readonly isPublished: boolean;
}
