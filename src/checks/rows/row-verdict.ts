import type { Check, CheckFinding } from '../../core/gate/check.js';
import type { RowsFacts, TableRowsFacts } from '../../core/gate/rows-facts.js';
import { formatCount, formatCounted } from '../../words/number-text.js';
import { finding } from '../findings.js';

/** The one check for which everything else exists: that both sides hold the same rows, now. */
export const rowVerdict: Check = {
  id: 'rows',
  group: 'rows',
  claim: 'every row of every table is the same on both sides, up to the last write on the source',
  weight: 'essential',
  phases: ['cutover', 'after'],
  find: ({ rows, phase }) => {
    // Once the application writes to the target, the sides part on purpose.
    if (phase === 'after')
      return [
        finding('not-applicable', {
          subject: 'rows',
          evidence: 'the target takes writes of its own since the switch',
        }),
      ];
    if (rows === null) return [finding('not-checked', { subject: 'rows', evidence: 'no rows were read' })];
    return [
      ...describeMode(rows),
      ...describeOpen(rows),
      ...rows.tables.flatMap((table) => judgeTable(table)),
      ...notes(rows),
    ];
  },
};

/** A sample proves nothing of the rows that were not drawn, and numbers of rows nothing of what is in them. */
function describeMode({ mode, ratio, verdict }: RowsFacts): CheckFinding[] {
  if (mode === 'full' && verdict !== 'sampled' && verdict !== 'counted') return [];
  const share = ratio === null ? '' : ` of ${Math.round(ratio * 1000) / 10} %`;
  const evidence = mode === 'count' ? 'rows were counted, not compared' : `a sample${share} was compared`;
  return [
    finding('not-checked', {
      subject: 'mode',
      evidence,
      consequence: 'rows that were not read may differ',
      advice: 'verify in full, or accept it',
    }),
  ];
}

/** What the run as a whole could not prove; where it says nothing of why, that alone is said. */
function describeOpen({ open, verdict, tables }: RowsFacts): CheckFinding[] {
  const told = open.map(({ isDifferent, code, message, hint }) =>
    finding(isDifferent ? 'failed' : 'not-checked', {
      subject: code,
      evidence: message.replace(/\.$/, ''),
      advice: hint,
    }),
  );
  const isTold = told.length > 0 || tables.some((table) => table.verdict === verdict);
  if (isTold || (verdict !== 'unverified' && verdict !== 'different')) return told;
  return [
    finding(verdict === 'different' ? 'failed' : 'not-checked', {
      subject: 'rows',
      evidence: `the verdict over all tables is ${verdict}`,
      advice: 'the report of rowproof verify has the reason',
    }),
  ];
}

function judgeTable({
  table: subject,
  verdict,
  differences,
  isLeft,
  behind,
  sourceRows,
  targetRows,
}: TableRowsFacts): CheckFinding[] {
  if (verdict === 'different') {
    const sides = `${formatCount(sourceRows)} rows on the source, ${formatCount(targetRows)} on the target`;
    const rows = isLeft ? `it was left after ${sides}, and the rest was not read` : sides;
    const evidence =
      differences > 0
        ? `${isLeft ? 'at least ' : ''}${formatCounted(differences, 'row')} ${differences === 1 ? 'differs' : 'differ'}: ${rows}`
        : `its columns or its number of rows differ: ${rows}`;
    return [
      finding('failed', {
        subject,
        evidence,
        consequence: 'the application would find other data than it left',
        advice: 'rowproof verify names each row, and --repair writes what mends it',
      }),
    ];
  }
  if (verdict === 'unverified')
    return [
      finding('not-checked', {
        subject,
        evidence: 'not all of it could be verified',
        advice: 'the report of rowproof verify has the reason',
      }),
    ];
  if (behind === null) return [];
  return [
    finding('not-checked', {
      // Another thing than rows that differ: who accepts one has not accepted the other.
      subject: `last writes of ${subject}`,
      evidence: behind,
      consequence: 'the last writes may be missing on the target',
      advice: 'stop what writes, and ask again',
    }),
  ];
}

function notes({ tables, exceptions }: RowsFacts): CheckFinding[] {
  const empty = tables.filter(
    ({ isRead, sourceRows, targetRows }) => isRead && sourceRows === 0 && targetRows === 0,
  );
  return [
    ...exceptions.map((evidence) => finding('note', { subject: 'scope', evidence })),
    ...(empty.length === 0
      ? []
      : [
          finding('note', {
            subject: 'empty tables',
            evidence: `no row on either side: ${empty.map(({ table }) => table).join(', ')}`,
          }),
        ]),
  ];
}
