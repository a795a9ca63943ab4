import type { ComparisonFacts, TableFacts } from '../core/comparison-facts.js';
import { RowproofError } from '../core/errors.js';
import { SIDES, type Side } from '../core/pairing.js';
import { describeChange } from '../plan/schema-changes.js';

/** What was begun, what there is now, and how to name the former: "the run", "the plan". */
export interface SameRequest {
  readonly before: ComparisonFacts;
  readonly now: ComparisonFacts;
  readonly what: string;
  /** What begins anew, where that is not `rowproof verify`. */
  readonly begin?: string;
  /** Whether the user vouches for servers that are others now: they hold the same data, as after a failover. */
  readonly isSameData: boolean;
}

/** Throws where what was compared before says nothing of what would be compared now, and names what has changed. */
export function assertSameComparison(request: SameRequest): void {
  const { what, before, begin = 'rowproof verify' } = request;
  const change = describeAnyChange(request);
  if (change === null) return;
  throw new RowproofError({
    code: 'usage',
    message: `Cannot go on with ${what}: ${change.text}.`,
    hint: change.hint ?? `Begin anew with ${begin}; the former was begun by Rowproof ${before.rowproof}.`,
  });
}

interface Change {
  readonly text: string;
  readonly hint?: string;
}

/** What is no longer as it was, as half a sentence, and what to do about it; null where nothing is. */
export function describeAnyChange(request: SameRequest): Change | null {
  const { before, now } = request;
  if (before.encoding !== now.encoding)
    return {
      text: `values were compared in encoding ${before.encoding}, and this version uses ${now.encoding}`,
    };
  for (const side of SIDES) {
    const change = describeServerChange(side, request);
    if (change !== null) return change;
  }
  if (before.zones !== null && before.zones !== now.zones)
    return { text: `time-zone data was ${before.zones}, and is ${now.zones ?? 'unknown'} here` };
  if (before.askedHash !== now.askedHash)
    return { text: 'scope, mapping or rules are not those that it was asked with' };
  const text = describeTables(request);
  return text === null ? null : { text };
}

function describeServerChange(side: Side, { before, now, isSameData }: SameRequest): Change | null {
  const [was, is] = [before.sides[side], now.sides[side]];
  if (was.schema !== is.schema)
    return { text: `the ${side} was schema ${was.schema}, and is ${is.schema} now` };
  if (was.engine !== is.engine) return { text: `the ${side} was ${was.engine}, and is ${is.engine} now` };
  if (was.server === is.server || isSameData) return null;
  return {
    text: `another server answers as the ${side}: it was ${was.server}, and is ${is.server} now`,
    hint: 'After a failover to a server with the same data, say so with --same-data; the result will say that you did.',
  };
}

function describeTables({ before, now, isSameData }: SameRequest): string | null {
  const after = new Map(now.tables.map((table) => [table.id, table]));
  for (const table of before.tables) {
    const found = after.get(table.id);
    if (found === undefined) return `table ${table.name} is no longer there, or has another partner`;
    const change = describeTable(table, found, isSameData);
    if (change !== null) return change;
  }
  const known = new Set(before.tables.map(({ id }) => id));
  const added = now.tables.find(({ id }) => !known.has(id));
  return added === undefined ? null : `there is another table now, ${added.name}`;
}

function describeTable(was: TableFacts, is: TableFacts, isSameData: boolean): string | null {
  for (const side of SIDES) {
    const [before, now] = [was[side], is[side]];
    if (before === null || now === null) continue;
    const key = was.key.map((column) => column[side]);
    // A copy of a table elsewhere was made at another time.
    const identity = isSameData ? { identity: now.identity } : {};
    const change = describeChange({ ...before, ...identity }, now, key);
    if (change !== null) return `${was.name} was altered on the ${side}: ${change}`;
  }
  if (was.strategy !== is.strategy || JSON.stringify(was.key) !== JSON.stringify(is.key))
    return `rows of ${was.name} are told apart in another way now`;
  return was.mode === is.mode && was.ratio === is.ratio ? null : `${was.name} is checked in another mode now`;
}
