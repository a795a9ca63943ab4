/** How the rows of a table are parted. */
export interface PartitionFacts {
  readonly method: 'range' | 'list' | 'hash';
  /** The column, or the expression in the server's own words. */
  readonly by: string;
  /** Where it ends, with a number or a day (`2025-01-01`) that can be compared; null where it has no end, or none that is told. */
  readonly end: string | null;
  /** The values of lists. */
  readonly values: readonly string[];
  /** Whether rows that fit no other partition have one. */
  readonly takesRest: boolean;
}

/** How a table of the schema is kept. */
export interface StoredTableFacts {
  readonly table: string;
  /** What it is, as part of a sentence: "a table", "a view". */
  readonly what: 'a table' | 'a view' | 'a materialized view' | 'a foreign table';
  /** Whether what is written to it can be rolled back; null where it holds no rows. */
  readonly isTransactional: boolean | null;
  /** The storage engine by its name, where servers of the kind have more than one. */
  readonly storage: string | null;
  readonly partitions: PartitionFacts | null;
  /** Whether policies decide which rows an account sees. */
  readonly hidesRows: boolean;
}

/** A view of the schema. */
export interface ViewFacts {
  readonly name: string;
  readonly isMaterialized: boolean;
  /** In the server's own words; null where the account may not read it. */
  readonly definition: string | null;
}

/** A function, procedure or aggregate of the schema. */
export interface RoutineFacts {
  readonly name: string;
  readonly kind: 'function' | 'procedure' | 'aggregate' | 'package';
  /** Types of its arguments where names do not tell routines apart; else empty. */
  readonly signature: string;
  /** In the server's own words; null where the account may not read it. */
  readonly body: string | null;
  /** Whether it is there for triggers only. */
  readonly isForTriggers: boolean;
}

/** Something that the server does by itself at certain times. */
export interface EventFacts {
  readonly name: string;
  /** `elsewhere` where it came by replication and waits for its server to be promoted. */
  readonly state: 'enabled' | 'disabled' | 'elsewhere';
  /** Whether the server runs events at all. */
  readonly isScheduled: boolean;
  readonly body: string | null;
}
