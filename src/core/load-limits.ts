/** What a run may ask of each server, over all of its workers together; null is no limit. */
export interface LoadLimits {
  readonly maxRowsPerSecond: number | null;
  readonly maxBytesPerSecond: number | null;
  /** Statements at work on a server, those of the run itself not counted, above which the run pauses. */
  readonly maxLoad: number | null;
}

/** Whether a run is held back by anything but its number of workers. */
export function hasLimits({ maxRowsPerSecond, maxBytesPerSecond, maxLoad }: LoadLimits): boolean {
  return maxRowsPerSecond !== null || maxBytesPerSecond !== null || maxLoad !== null;
}
