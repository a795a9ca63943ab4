import type { ComparisonFacts } from './comparison-facts.js';
import type { Coverage } from './coverage.js';
import type { TableId } from './pairing.js';

/** What one part of a planned run reads of a table; null for all of it, as of a table without ranges. */
export interface TableShare {
  readonly id: TableId;
  readonly name: string;
  readonly ranges: Coverage | null;
}

/** How a run was divided: bounds, seed, scope and schemas are fixed, so that its parts may be read anywhere and at any time. */
export interface PlannedShares {
  /** The digest of all of it, by which parts know that they belong together. */
  readonly id: string;
  /** Tells plans apart that were made of the same: rows may have changed between them. */
  readonly nonce: string;
  /** What was asked, without passwords; data. */
  readonly asked: unknown;
  readonly facts: ComparisonFacts;
  readonly parts: readonly (readonly TableShare[])[];
}

/** One part of a planned run. */
export interface Share {
  readonly plan: PlannedShares;
  /** From 1. */
  readonly part: number;
}

/** The tables of a part. */
export function tablesOf({ plan, part }: Share): readonly TableShare[] {
  return plan.parts[part - 1] ?? [];
}
