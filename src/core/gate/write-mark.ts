/** What a server says of the writes of one table. */
export interface WriteMark {
  /** Another text once rows of the table were written; it is for comparing alone. */
  readonly mark: string;
  /** Whether a write that comes now might leave the text as it is: such a mark proves nothing. */
  readonly isFresh: boolean;
}
