import type { Check, CheckFinding, GateContext } from '../../core/gate/check.js';
import type { ColumnFacts } from '../../core/gate/column-facts.js';
import type { Side } from '../../core/pairing.js';
import type { Column } from '../../core/schema.js';
import { finding } from '../findings.js';
import { findOtherRules } from './column-rules.js';
import { type ColumnEnd, findNarrower } from './column-types.js';
import type { Narrower } from './narrower-number.js';
import { judgeBoth, type PairedTable, pairedTables, subjectOf } from './paired.js';

/** Whether the columns of the target take and keep what those of the source do, and fill themselves alike. */
export const columns: Check = {
  id: 'columns',
  group: 'schema',
  claim: 'the columns of the target hold what those of the source hold, and do the same with it',
  weight: 'advice',
  phases: ['preflight', 'cutover', 'after'],
  find: (context) =>
    judgeBoth(context, { name: 'columns', what: 'the columns' }, (values) => {
      const factsOf = { source: indexFacts(values.source), target: indexFacts(values.target) };
      return pairedTables(context).flatMap((pair) => [
        ...pair.columnPairs.flatMap(({ source, target }) => {
          const ends = {
            source: { column: source, facts: factsOf.source(pair.source.name, source) },
            target: { column: target, facts: factsOf.target(pair.target.name, target) },
          };
          return judgePair(ends, pair, context);
        }),
        ...missingColumns(pair, context),
        ...moreColumns(pair, { context, factsOf: factsOf.target }),
      ]);
    }),
};

type FactsOf = (table: string, column: Column) => ColumnFacts;

function indexFacts(values: readonly ColumnFacts[]): FactsOf {
  const index = new Map(values.map((facts) => [JSON.stringify([facts.table, facts.column]), facts]));
  return (table, { name }) =>
    index.get(JSON.stringify([table, name])) ?? {
      ...{ table, column: name, default: { kind: 'none' }, isTouched: false },
      ...{ labels: null, repertoire: null, folds: null, isUnsigned: false },
    };
}

function judgePair(
  ends: Readonly<Record<Side, ColumnEnd>>,
  pair: PairedTable,
  context: GateContext,
): CheckFinding[] {
  const { triggers } = context.facts.target;
  const hasTrigger =
    triggers.known &&
    triggers.value.some(({ table, timing }) => table === pair.target.name && timing === 'before');
  const subject = subjectOf(context, pair.target.name, ends.target.column.name);
  const found = [
    ...findNarrower(ends.source, ends.target),
    ...findOtherRules(ends.source, ends.target, { isSameEngine: context.isSameEngine, hasTrigger }),
  ];
  return joinFindings(found, subject);
}

/** One finding a level and column: a finding is accepted by its subject, and what is accepted should be seen whole. */
function joinFindings(found: readonly Narrower[], subject: string): CheckFinding[] {
  const levels = [...new Set(found.map(({ level }) => level))];
  return levels.map((level) => {
    const parts = found.filter((each) => each.level === level);
    return finding(level, {
      subject,
      evidence: parts.map(({ evidence }) => evidence).join('; '),
      consequence: parts.flatMap(({ consequence }) => consequence || []).join('; '),
    });
  });
}

function missingColumns(
  { source, target, columns: paired }: PairedTable,
  context: GateContext,
): CheckFinding[] {
  return source.columns
    .filter(({ name }) => !paired.has(name))
    .map(({ name, generated }) =>
      finding(generated ? 'warning' : 'failed', {
        subject: subjectOf(context, target.name, name),
        evidence: 'the target has no such column',
        consequence: generated
          ? 'queries that read it fail'
          : 'its values are lost, and queries that name it fail',
      }),
    );
}

function moreColumns(
  { target, columns: paired }: PairedTable,
  { context, factsOf }: { readonly context: GateContext; readonly factsOf: FactsOf },
): CheckFinding[] {
  const known = new Set(paired.values());
  return target.columns
    .filter(({ name }) => !known.has(name))
    .map((column) => {
      const subject = subjectOf(context, target.name, column.name);
      const fillsItself =
        column.nullable || column.generated || factsOf(target.name, column).default.kind !== 'none';
      const evidence = 'the source has no such column';
      return fillsItself
        ? finding('note', { subject, evidence })
        : finding('failed', {
            subject,
            evidence: `${evidence}; it is NOT NULL and has no default`,
            consequence: 'inserts that do not know it fail',
          });
    });
}
