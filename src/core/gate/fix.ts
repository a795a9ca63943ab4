import type { ThingKind } from './leftover-facts.js';
import type { SchemaFix } from './schema-fix.js';
import type { SettingScope } from './setting-facts.js';

/** Names of a table of the side that is mended. */
export interface FixTable {
  readonly schema: string;
  readonly table: string;
}

/** What is to be done on a server; engines write the statement. */
export type FixAction =
  | RaiseNumber
  | SchemaFix
  | { readonly kind: 'end-sessions'; readonly ids: readonly string[] }
  | (FixTable & { readonly kind: 'analyze' | 'refresh-view' | 'log-table' | 'identify-rows' })
  /** Drops something for good. */
  | {
      readonly kind: 'drop';
      readonly what: ThingKind;
      readonly schema: string | null;
      readonly table: string | null;
      readonly name: string;
    }
  /** Sets a setting of the server, or takes it from a role, that has the value `before`. */
  | {
      readonly kind: 'set-setting';
      readonly name: string;
      readonly value: string;
      readonly before: string;
      readonly scope: SettingScope;
    }
  /** Switches an event of a schema, or a job, which has none, on or off. */
  | {
      readonly kind: 'switch-job';
      readonly schema: string | null;
      readonly key: string;
      readonly isEnabled: boolean;
    }
  /** Has the server, or the database, take no writes of applications any more. */
  | { readonly kind: 'stop-writes' }
  /** Ends what the target follows the source by, for good; `way` is that of the fence, `name` that of its channel or subscription. */
  | { readonly kind: 'end-replication'; readonly way: string; readonly name: string | null };

/** Has a column's numbers go on further up. */
export type RaiseNumber = FixTable & {
  readonly kind: 'raise-number';
  readonly column: string | null;
  /** The bare name of the sequence; null where the engine has none. */
  readonly sequence: string | null;
  /** The number that is to be given next, at the least; at the most where numbers descend. */
  readonly next: bigint;
  readonly isDescending: boolean;
};

/** A statement that mends, as an engine writes it. */
export interface FixStatement {
  /** Whole statements, without the semicolon. */
  readonly statements: readonly string[];
  /** Whether it only adds or raises something and holds up nobody for long: only then it is written to be run. */
  readonly isSafe: boolean;
  /** What it locks, and for how long, where it is not safe; empty where it locks nothing. */
  readonly lock: string;
  /** The statement that takes it back; empty where nothing does. */
  readonly reversal: string;
}
