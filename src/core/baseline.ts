/** How the differences of a run compare with those that somebody accepted; every number counts rows. */
export interface BaselineResult {
  /** When the baseline was last moved, in ISO 8601; null where none could be read, and all is new. */
  readonly acceptedAt: string | null;
  /** Rows that differ, are not waived, and are in the baseline. */
  readonly known: number;
  /** Those that are not, and differences of the schema that are not. */
  readonly new: number;
  /** Whether the run is to fail for what is new alone. */
  readonly failsOnNew: boolean;
}
