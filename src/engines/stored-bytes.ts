/** What the rows of a table take up where they are stored. */
export interface StoredBytes {
  readonly bytes: number;
  /** Whether values may be kept compressed, so that more bytes are sent than are stored. */
  readonly isCompressed: boolean;
}
