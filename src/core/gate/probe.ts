import type { Fact } from './fact.js';

/** What rows are read for, where the gate may: whether they keep a rule that nothing holds them to. Names are bare. */
export type Probe =
  /** Rows whose parent is not there. */
  | {
      readonly kind: 'orphans';
      readonly table: string;
      readonly columns: readonly { readonly own: string; readonly referenced: string }[];
      readonly referencedSchema: string;
      readonly referencedTable: string;
    }
  /** Values of columns that are there twice. */
  | { readonly kind: 'duplicates'; readonly table: string; readonly columns: readonly string[] }
  /** Rows that a check constraint of the table would refuse. */
  | { readonly kind: 'refused'; readonly table: string; readonly name: string };

/** How many there are, and the first of them in words; null where there is none, or values are not to be shown. */
export interface ProbeAnswer {
  readonly found: bigint;
  readonly example: string | null;
}

/** What is asked of one side. */
export interface ProbeRequest {
  readonly schema: string;
  readonly probes: readonly Probe[];
  readonly showsValues: boolean;
}

/** Answers by the probe that they are of. */
export type ProbeAnswers = ReadonlyMap<string, Fact<ProbeAnswer>>;

/** What tells a probe from every other one. */
export function probeKey(probe: Probe): string {
  return JSON.stringify(probe);
}
