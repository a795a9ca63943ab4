/** How the differences of a run compare with those that somebody accepted; every number counts rows, and what differs and is no row. */
export interface BaselineResult {
  /** When the baseline was last moved, in ISO 8601; null where none could be read, and all is new. */
  readonly acceptedAt: string | null;
  /** What differs, is not waived, and is in the baseline. */
  readonly known: number;
  /** What differs, is not waived, and is not in it. */
  readonly new: number;
  /** Whether the run is to fail for what is new alone. */
  readonly failsOnNew: boolean;
}
