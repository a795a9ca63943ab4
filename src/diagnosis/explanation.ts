import type { CanonicalType } from '../core/canonical-type.js';
import type { CauseCode } from '../core/diagnosis.js';
import type { Value } from '../core/difference.js';
import type { Column } from '../core/schema.js';

/** From this much evidence on a fit is no coincidence: one in a million. */
export const PROOF_BITS = 20;
/** Below this much evidence a fit says nothing. */
export const LIKELY_BITS = 4;
/** The evidence of a fit that chance does not bring about even once in a large table. */
export const CERTAIN_BITS = 24;

/** One way in which one value may have become the other. */
export interface Explanation {
  readonly cause: CauseCode;
  /** What a whole group must share, such as the length at which values were cut; rows with another are another group. */
  readonly detail: string;
  /** How unlikely it is that this row fits by chance: n bits mean one row in 2^n. Guessed low rather than high. */
  readonly bits: number;
  /** Bits taken off the sum of a group, because the detail was read off the rows instead of being known beforehand. */
  readonly cost?: number;
  /** False for what describes the rows without showing how they came about: it is never proved. */
  readonly provable?: boolean;
  /** Whether there are so many possible details that most are noise. */
  readonly open?: boolean;
}

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
}

export const TEXT_TYPES: ReadonlySet<CanonicalType> = new Set(['text', 'json', 'set']);
export const NUMBER_TYPES: ReadonlySet<CanonicalType> = new Set(['int', 'decimal', 'float']);
export const TIME_TYPES: ReadonlySet<CanonicalType> = new Set(['date', 'time', 'datetime', 'instant']);
