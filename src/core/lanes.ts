/** Why so many chunks were read at a time. */
export type LaneReason =
  /** The user said so. */
  | 'asked'
  /** Each side was read as of one instant, by workers that began together. */
  | 'snapshot'
  /** What is limited is a rate, and a limit on a rate does not hang on their number. */
  | 'limits'
  /** Servers were to hash, which is not judged by how fast rows are read. */
  | 'checksums'
  /** It was over before another number was tried. */
  | 'not-tried'
  /** Another lane would have had nothing to do: what was left could not be cut. */
  | 'not-shared'
  /** More were tried, and were not faster. */
  | 'no-faster'
  /** More were tried than at first, and were faster. */
  | 'faster';

/** How many chunks, or whole tables, were read at a time. */
export interface WorkersResult {
  /** At the end. */
  readonly used: number;
  /** How many were tried at most. */
  readonly tried: number;
  readonly why: LaneReason;
  /** How long the link to the server that is further away delays a statement; absent where it does not, or where nobody asked. */
  readonly delayMs?: number;
}
