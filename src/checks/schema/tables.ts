import type { Check, CheckFinding, GateContext } from '../../core/gate/check.js';
import type { StoredTableFacts } from '../../core/gate/object-facts.js';
import { holdsOwnRows } from '../../core/schema.js';
import { finding } from '../findings.js';
import { judgeBoth, pairedTables, subjectOf } from './paired.js';

/** Whether the tables of both sides are there, and are kept in a way that keeps what is written to them. */
export const tables: Check = {
  id: 'tables',
  group: 'schema',
  claim: 'every table of the source is a table on the target that keeps what is written to it',
  weight: 'advice',
  phases: ['preflight', 'cutover', 'after'],
  find: (context) => [
    ...lone(context),
    ...judgeBoth(context, { name: 'storedTables', what: 'the tables' }, ({ source, target }) => {
      const storedOf = { source: byName(source), target: byName(target) };
      const pairs = context.tables.flatMap((pair) => {
        const [from, to] = [
          storedOf.source.get(pair.source?.name ?? ''),
          storedOf.target.get(pair.target?.name ?? ''),
        ];
        return from === undefined || to === undefined ? [] : [{ from, to }];
      });
      return [
        ...pairs.flatMap(({ from, to }) => judgePair(from, to, context)),
        ...(context.isWholeSchema ? more(target, context) : []),
      ];
    }),
  ],
};

function byName(values: readonly StoredTableFacts[]): ReadonlyMap<string, StoredTableFacts> {
  return new Map(values.map((facts) => [facts.table, facts]));
}

function lone(context: GateContext): CheckFinding[] {
  return context.tables.flatMap(({ source, target }) =>
    source === null || target !== null || !holdsOwnRows(source)
      ? []
      : finding('failed', {
          subject: subjectOf(context, source.name),
          evidence: 'the target has no such table',
          consequence: 'its rows are lost, and queries that name it fail',
        }),
  );
}

function more(target: readonly StoredTableFacts[], context: GateContext): CheckFinding[] {
  const known = new Set(context.tables.flatMap((pair) => pair.target?.name ?? []));
  return target
    .filter(({ table, what }) => what === 'a table' && !known.has(table))
    .map(({ table }) =>
      finding('note', { subject: subjectOf(context, table), evidence: 'the source has no such table' }),
    );
}

function judgePair(from: StoredTableFacts, to: StoredTableFacts, context: GateContext): CheckFinding[] {
  const subject = subjectOf(context, to.table);
  if (from.what !== to.what)
    return [
      finding(from.what === 'a table' ? 'failed' : 'note', {
        subject,
        evidence: `${from.what} on the source, ${to.what} on the target`,
        consequence: from.what === 'a table' ? 'writes to it may fail, or go elsewhere' : '',
      }),
    ];
  return [...otherStorage(from, to, subject), ...otherPolicies(from, to, { subject, context })];
}

function otherStorage(from: StoredTableFacts, to: StoredTableFacts, subject: string): CheckFinding[] {
  if (from.isTransactional !== true || to.isTransactional !== false) return [];
  return [
    finding('failed', {
      subject,
      evidence: `its storage engine on the target, ${to.storage}, knows no transactions`,
      consequence: 'what is rolled back stays, and a crash may lose rows',
    }),
  ];
}

function otherPolicies(
  from: StoredTableFacts,
  to: StoredTableFacts,
  { subject, context }: { readonly subject: string; readonly context: GateContext },
): CheckFinding[] {
  if (!context.isSameEngine || from.hidesRows === to.hidesRows) return [];
  return from.hidesRows
    ? [
        finding('failed', {
          subject,
          evidence: 'row security is on for it on the source, and off on the target',
          consequence: 'every account sees all rows',
        }),
      ]
    : [
        finding('warning', {
          subject,
          evidence: 'row security is on for it on the target alone',
          consequence: 'accounts see only the rows that a policy shows them',
        }),
      ];
}

/** Whether partitioned tables of the target take the rows that those of the source will take. */
export const partitions: Check = {
  id: 'partitions',
  group: 'schema',
  claim: 'partitions of the target reach as far ahead as those of the source',
  weight: 'advice',
  phases: ['preflight', 'cutover', 'after'],
  find: (context) =>
    judgeBoth(context, { name: 'storedTables', what: 'the partitions' }, ({ source, target }) => {
      const storedOf = { source: byName(source), target: byName(target) };
      return pairedTables(context).flatMap((pair) => {
        const to = storedOf.target.get(pair.target.name);
        const from = storedOf.source.get(pair.source.name);
        return to === undefined || from === undefined ? [] : judgePartitions(from, to, context);
      });
    }),
};

function judgePartitions(from: StoredTableFacts, to: StoredTableFacts, context: GateContext): CheckFinding[] {
  const subject = subjectOf(context, to.table);
  const [own, theirs] = [to.partitions, from.partitions];
  if (own === null || own.takesRest || own.method === 'hash') return [];
  if (own.method === 'list') {
    const values = new Set(own.values);
    const missing = theirs?.method === 'list' ? theirs.values.filter((value) => !values.has(value)) : [];
    if (theirs?.method === 'list' && !theirs.takesRest && missing.length === 0) return [];
    return [
      finding(missing.length > 0 ? 'failed' : 'warning', {
        subject,
        evidence:
          missing.length > 0
            ? `the target has no partition for ${missing.join(', ')}`
            : 'the target has partitions for some values, the source takes all',
        consequence: 'rows with other values fail',
      }),
    ];
  }
  const end = own.end ?? 'an end that it does not tell';
  const ends = `partitions by ${own.by} end at ${end} on the target`;
  if (theirs === null || theirs.method !== 'range' || theirs.takesRest)
    return [
      finding('warning', {
        subject,
        evidence: `${ends}; the source takes all rows`,
        consequence: `rows from ${end} on fail`,
      }),
    ];
  const order = compareEnds(own.end, theirs.end);
  if (order === null)
    return [finding('note', { subject, evidence: `${ends}, at ${theirs.end} on the source` })];
  if (order >= 0) return [];
  return [
    finding('failed', {
      subject,
      evidence: `${ends}, at ${theirs.end} on the source`,
      consequence: `rows from ${end} on fail`,
    }),
  ];
}

/** Numbers with numbers, days with days; null for what cannot be compared. */
function compareEnds(own: string | null, theirs: string | null): number | null {
  if (own === null || theirs === null) return null;
  const isWhole = (text: string): boolean => /^-?\d+$/.test(text);
  if (isWhole(own) && isWhole(theirs)) return Number(BigInt(own) - BigInt(theirs));
  const isDay = (text: string): boolean => /^\d{4}-\d\d-\d\d/.test(text);
  if (!isDay(own) || !isDay(theirs)) return own === theirs ? 0 : null;
  return own < theirs ? -1 : own > theirs ? 1 : 0;
}
