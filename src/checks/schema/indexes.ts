import type { Check, CheckFinding, GateContext } from '../../core/gate/check.js';
import type { IndexFacts } from '../../core/gate/constraint-facts.js';
import { finding } from '../findings.js';
import { indexFix } from './index-fix.js';
import { describeParts, isAlike, mapIndex, type WantedIndex } from './indexed.js';
import { groupByTable, judgeBoth, type PairedTable, pairedTables, subjectOf } from './paired.js';

/** Whether queries that find their rows by an index on the source find them by one on the target. */
export const indexes: Check = {
  id: 'indexes',
  group: 'schema',
  claim: 'what queries find by an index on the source they find by one on the target',
  weight: 'advice',
  phases: ['preflight', 'cutover', 'after'],
  find: (context) =>
    judgeBoth(context, { name: 'indexes', what: 'the indexes' }, ({ source, target }) => {
      const indexesOf = { source: groupByTable(source), target: groupByTable(target) };
      return pairedTables(context).flatMap((pair) => {
        const wanted = indexesOf.source(pair.source.name).flatMap((index) => mapIndex(index, pair) ?? []);
        const others = indexesOf.target(pair.target.name);
        return [
          ...wanted.flatMap((want) => judgeIndex(want, { pair, context, others }) ?? []),
          ...others.flatMap((index) => judgeMore(index, wanted, { pair, context }) ?? []),
        ];
      });
    }),
};

interface About {
  readonly pair: PairedTable;
  readonly context: GateContext;
  readonly others: readonly IndexFacts[];
}

/** Whether an index finds what the wanted one finds: one that begins with its columns does. */
function serves(other: IndexFacts, want: WantedIndex, isSameEngine: boolean): boolean {
  if (isAlike(want, other, isSameEngine)) return true;
  if (want.hasExpression || (want.index.condition === null && other.condition !== null)) return false;
  const isLookup = want.index.method === 'ordered' || want.index.method === 'hash';
  if (isLookup) {
    if (other.method === 'hash' && other.parts.length !== want.columns.length) return false;
    return (
      (other.method === 'ordered' || other.method === 'hash') &&
      want.columns.every((column, at) => other.parts[at]?.column === column)
    );
  }
  return !isSameEngine && other.method !== 'ordered' && other.method !== 'hash' && mayCover(other, want);
}

/** Indexes of full text and of places are declared on an expression elsewhere. */
function mayCover({ parts }: IndexFacts, { columns }: WantedIndex): boolean {
  return parts.some(({ column, expression }) =>
    columns.some((wanted) => wanted !== null && (column === wanted || expression?.includes(wanted) === true)),
  );
}

function judgeIndex(want: WantedIndex, { pair, context, others }: About): CheckFinding | null {
  const { index } = want;
  const candidates = others.filter((other) => serves(other, want, context.isSameEngine));
  if (candidates.some(({ unused }) => unused === null)) return null;
  const [unused] = candidates;
  if (unused !== undefined) return judgeUnused(unused, index, context);
  // That it is missing is said of the key.
  if (index.kind !== 'plain') return null;
  const subject = subjectOf(context, pair.target.name, index.name);
  if (index.unused !== null)
    return finding('note', { subject, evidence: `the target lacks it; on the source ${index.unused}` });
  const isVague = want.hasExpression && !context.isSameEngine;
  if (isVague && others.some(({ parts }) => parts.some(({ column }) => column === null)))
    return finding('note', {
      subject,
      evidence: `on ${describeParts(index)} on the source; indexes on expressions of the target may serve for it`,
    });
  return finding('warning', {
    subject,
    evidence: `${describeMethod(index)} on ${describeParts(index)} on the source; none begins with that on the target`,
    consequence: 'queries that used it read the whole table',
    fix: indexFix(want, pair, context),
  });
}

function describeMethod({ method }: IndexFacts): string {
  return method === 'ordered' ? 'index' : `${method} index`;
}

function judgeUnused(
  { table, name, unused, isValid, kind }: IndexFacts,
  source: IndexFacts,
  context: GateContext,
): CheckFinding | null {
  // Of a key that is invalid, more than queries depend on it.
  if (kind !== 'plain' && !isValid) return null;
  const subject = subjectOf(context, table, name);
  if (source.unused !== null)
    return finding('note', { subject, evidence: `${unused}; on the source too, ${source.unused}` });
  const { target: schema } = context.schemas;
  return finding('warning', {
    subject,
    evidence: unused ?? '',
    consequence: 'queries that used it read the whole table',
    fix: isValid ? null : { side: 'target', action: { kind: 'rebuild-index', schema, table, name } },
    advice: isValid ? 'have the server use it again' : '',
  });
}

/** More indexes only cost writes; one that is invalid does that for nothing. */
function judgeMore(
  index: IndexFacts,
  wanted: readonly WantedIndex[],
  { pair, context }: Omit<About, 'others'>,
): CheckFinding | null {
  if (index.kind !== 'plain' || wanted.some((want) => serves(index, want, context.isSameEngine))) return null;
  const subject = subjectOf(context, pair.target.name, index.name);
  if (index.isValid)
    return finding('note', { subject, evidence: `on ${describeParts(index)} on the target alone` });
  return finding('warning', {
    subject,
    evidence: 'it is invalid, and there is no such index on the source',
    consequence: 'writes pay for it, and no query uses it',
    advice: 'drop it',
  });
}
