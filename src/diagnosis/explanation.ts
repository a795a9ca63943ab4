import type { CanonicalType } from '../core/canonical-type.js';
import type { Explanation } from '../core/column-tally.js';
import type { Value } from '../core/difference.js';
import type { Column } from '../core/schema.js';

export type { Explanation } from '../core/column-tally.js';

/** From this much evidence on a fit is no coincidence: one in a million. */
export const PROOF_BITS = 20;
/** Below this much evidence a fit says nothing. */
export const LIKELY_BITS = 4;
/** The evidence of a fit that chance does not bring about even once in a large table. */
export const CERTAIN_BITS = 24;

/** A value before and after what happened to it, whichever side it happened on, and the columns that hold them. */
export interface Alteration {
  readonly original: Value;
  readonly altered: Value;
  readonly from: Column;
  readonly to: Column;
  readonly canonical: CanonicalType;
  /** Whether this is the only changed column of its row. */
  readonly alone: boolean;
}

/** A cause, or a family of them: adds every way in which it explains an alteration. */
export interface CauseRule {
  /** The canonical types it is about; null for every one. */
  readonly types: ReadonlySet<CanonicalType> | null;
  /** Whether the source may be the damaged side: the target was filled from a better copy, or repaired. */
  readonly bothWays: boolean;
  explain(alteration: Alteration, found: Explanation[]): void;
  /**
   * Tells kinds of changes apart, much faster than explaining them: what it finds is the same for all that are of one kind, and
   * nothing, both ways, for all of kind 0. Null for a change that must be looked at; absent where finding out takes as long as
   * explaining.
   */
  kindOf?(change: NumberChange): number | string | null;
}

/** A change of a value that is a number, as `noteMark` notes both; they are never the same. */
export interface NumberChange {
  readonly source: number;
  readonly target: number;
  /** How many of their units make one, or a second. */
  readonly one: number;
}

/** The kind of every change of numbers, to a rule that is about NULL or about what cannot be read. */
export const fitsNoNumbers = (): number => 0;

export const TEXT_TYPES: ReadonlySet<CanonicalType> = new Set(['text', 'json', 'set']);
export const NUMBER_TYPES: ReadonlySet<CanonicalType> = new Set(['int', 'decimal', 'float']);
export const TIME_TYPES: ReadonlySet<CanonicalType> = new Set(['date', 'time', 'datetime', 'instant']);
