/** What a tool may leave behind, by its kind, in the order in which it can be dropped. */
export const THING_KINDS = [
  'event-trigger',
  'trigger',
  'function',
  'table',
  'schema',
  'publication',
  'subscription',
  'slot',
  'account',
] as const;
export type ThingKind = (typeof THING_KINDS)[number];

/** Something with a name on a server, that a tool may have left. */
export interface ThingFacts {
  readonly kind: ThingKind;
  readonly name: string;
  /** Where it lies; null for what belongs to the database or the server. */
  readonly schema: string | null;
  /** The table of a trigger. */
  readonly table: string | null;
  /** Whether it does something by itself: a trigger that is on, a slot that is read. */
  readonly isActive: boolean;
}

/** By which names what a tool leaves is told. */
export interface LeftoverPattern {
  readonly kind: ThingKind;
  /** `*` for anything; `{table}` for the name of a table that stands beside it. */
  readonly pattern: string;
  readonly tool: string;
}
