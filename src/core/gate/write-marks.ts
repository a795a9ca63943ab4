import type { Table } from '../schema.js';

/** Tables of one schema, and the sessions of the run on their server, which write nothing. */
export interface MarksRequest {
  readonly tables: readonly Table[];
  readonly ownSessionIds: readonly string[];
}

/**
 * What shows whether rows of a table were written between two moments. Each proof is a text that is another one once rows of
 * the table were written and committed, whatever else it may change with; two equal texts of one name are enough. A server
 * leaves out those that would prove nothing now.
 */
export interface WriteMark {
  /** By the name of what proves it. */
  readonly proofs: Readonly<Record<string, string>>;
  /** Names of proofs that only a later reading may rely on: what was written just before this one may not be counted yet. */
  readonly unsettled: readonly string[];
}

/** Whether no row of a table was written, that others can see, from the reading of one mark to that of a later one. */
export function isUnwritten(earlier: WriteMark | undefined, later: WriteMark | undefined): boolean {
  if (earlier === undefined || later === undefined) return false;
  return Object.entries(later.proofs).some(
    ([name, text]) => earlier.proofs[name] === text && !later.unsettled.includes(name),
  );
}

/** Whether a later reading, some seconds on, may prove what this one does not: worth waiting for. */
export function maySettle(mark: WriteMark | undefined): boolean {
  return mark !== undefined && mark.unsettled.length > 0;
}
