/**
 * When a trigger fires: for everybody (`always`), for all but those who apply the changes of another server (`origin`), for those
 * alone (`replica`), or `never`.
 */
export type TriggerFiring = 'always' | 'origin' | 'replica' | 'never';

/** A trigger of a table of the schema. */
export interface TriggerFacts {
  readonly table: string;
  readonly name: string;
  readonly timing: 'before' | 'after' | 'instead of';
  /** `insert`, `update`, `delete`, `truncate`, in that order. */
  readonly events: readonly string[];
  /** Columns of which one must be named for an update to fire it; none for any. */
  readonly columns: readonly string[];
  /** Whether it fires once for a statement, however many rows that changes. */
  readonly isForStatements: boolean;
  /** The condition under which it fires, in the server's own words, to be compared and never shown; null for none. */
  readonly condition: string | null;
  readonly firing: TriggerFiring;
  /** What it does, for people: without literals, which may be passwords; null where that cannot be shown. */
  readonly body: string | null;
  /** The same in the server's own words, to be compared and never shown; null where the account may not read it. */
  readonly definition: string | null;
}

/** How the changes of another server come to this one. */
export interface ApplierFacts {
  /**
   * `none` where the server follows no other one: whatever writes to it logs in as a client. `rows` where it applies the rows
   * that were changed; `blocks` where it is a copy of another server to the last byte.
   */
  readonly kind: 'none' | 'rows' | 'blocks';
  /** Triggers of which firings fire when it applies rows of a table that has triggers on both sides. */
  readonly fires: readonly TriggerFiring[];
  /** The same for a table that has triggers on this side alone, which some appliers tell apart. */
  readonly firesAlone: readonly TriggerFiring[];
  /** What was seen, as a part of a sentence: "subscription shop applies rows". */
  readonly evidence: string;
  /** Whether the server writes down statements for those that follow it, which fire triggers there: their effects are not written down. */
  readonly logsStatements: boolean;
  /** Whether triggers can be switched off here; else they are dropped instead. */
  readonly canSwitchTriggers: boolean;
}
