import type { Check, CheckFinding, GateContext } from '../../core/gate/check.js';
import type { IndexFacts } from '../../core/gate/constraint-facts.js';
import type { Probe } from '../../core/gate/probe.js';
import { finding } from '../findings.js';
import { indexFix } from './index-fix.js';
import { describeParts, isAlike, mapIndex, type WantedIndex } from './indexed.js';
import { judgeFolding } from './key-folding.js';
import { groupByTable, judgeBoth, lackLevel, type PairedTable, pairedTables, subjectOf } from './paired.js';
import { lookUp, mendRows } from './probes.js';

/** Whether what must not be there twice on the source is refused on the target as well. */
export const keys: Check = {
  id: 'keys',
  group: 'schema',
  claim: 'every primary key, unique and exclusion constraint of the source holds on the target',
  weight: 'essential',
  phases: ['preflight', 'cutover', 'after'],
  probe: (context) => {
    const { source, target } = context.facts;
    if (!source.indexes.known || !target.indexes.known) return [];
    const indexesOf = {
      source: groupByTable(source.indexes.value),
      target: groupByTable(target.indexes.value),
    };
    return pairedTables(context).flatMap((pair) => {
      const others = indexesOf.target(pair.target.name).filter(isKey);
      return indexesOf
        .source(pair.source.name)
        .filter(isKey)
        .flatMap((index) => mapIndex(index, pair) ?? [])
        .filter((want) => !others.some((other) => other.isValid && holdsWithin(other, want.columns)))
        .flatMap((want) => duplicatesOf(want, pair) ?? []);
    });
  },
  find: (context) =>
    judgeBoth(context, { name: 'indexes', what: 'the keys' }, ({ source, target }) => {
      const indexesOf = { source: groupByTable(source), target: groupByTable(target) };
      return pairedTables(context).flatMap((pair) => {
        const [from, to] = [indexesOf.source(pair.source.name), indexesOf.target(pair.target.name)];
        const wanted = from.filter(isKey).flatMap((index) => mapIndex(index, pair) ?? []);
        const about = { pair, context, others: to.filter(isKey) };
        return [
          ...wanted.flatMap((want) => judgeKey(want, about) ?? []),
          ...about.others.flatMap((key) => judgeMore(key, wanted, about) ?? []),
        ];
      });
    }),
};

export interface AboutKeys {
  readonly pair: PairedTable;
  readonly context: GateContext;
  /** The keys of the target's table. */
  readonly others: readonly IndexFacts[];
}

function isKey({ kind }: IndexFacts): boolean {
  return kind !== 'plain';
}

function isPlain({ index, hasExpression }: WantedIndex): boolean {
  return !hasExpression && index.condition === null && index.kind !== 'exclusion';
}

/** Whether a key keeps values of these columns from being there twice: one on fewer columns does so all the more. */
function holdsWithin({ parts, condition, kind }: IndexFacts, columns: readonly (string | null)[]): boolean {
  if (kind === 'exclusion' || condition !== null) return false;
  return parts.every(({ column }) => column !== null && columns.includes(column));
}

function judgeKey(want: WantedIndex, about: AboutKeys): CheckFinding | null {
  const { pair, context, others } = about;
  const { index, columns } = want;
  const alike = others.filter((other) => isAlike(want, other, context.isSameEngine));
  const stronger = others.filter((other) => index.kind !== 'exclusion' && holdsWithin(other, columns));
  const candidates = [...alike, ...stronger];
  const found = candidates.find(({ isValid }) => isValid);
  const subject = subjectOf(context, pair.target.name, index.name);
  if (found !== undefined) return judgeFound(want, found, about);
  if (!index.isValid)
    return finding('note', { subject, evidence: 'the target lacks it, and it is invalid on the source' });
  const [invalid] = candidates;
  const probe = duplicatesOf(want, pair);
  const broken = probe === null ? null : lookUp(context, probe);
  const rows = broken === null ? '' : `; ${broken.words}`;
  if (invalid !== undefined) return invalidKey(invalid, rows, context);
  if (!isPlain(want) && !context.isSameEngine) return unlike(want, about);
  return finding(lackLevel(context.phase), {
    subject,
    evidence: `${nameKind(index)} on ${describeParts(index)} on the source; there is no such key on the target${rows}`,
    consequence: 'rows that must not be there twice are taken',
    fix: mendRows(broken) === '' ? indexFix(want, pair, context) : null,
    advice: mendRows(broken),
  });
}

/** What the rows of the target are asked; null where a rule is on more than whole columns. */
function duplicatesOf(want: WantedIndex, pair: PairedTable): Probe | null {
  const columns = want.columns.filter((column) => column !== null);
  const isWhole = want.index.parts.every(({ prefix }) => prefix === null);
  return isPlain(want) && isWhole ? { kind: 'duplicates', table: pair.target.name, columns } : null;
}

function nameKind({ kind }: IndexFacts): string {
  return { primary: 'primary key', unique: 'unique key', exclusion: 'exclusion constraint', plain: 'index' }[
    kind
  ];
}

function invalidKey({ table, name }: IndexFacts, rows: string, context: GateContext): CheckFinding {
  return finding(lackLevel(context.phase), {
    subject: subjectOf(context, table, name),
    evidence: `its index is invalid${rows}`,
    consequence: 'rows that it does not know may be there twice',
    fix: { side: 'target', action: { kind: 'rebuild-index', schema: context.schemas.target, table, name } },
  });
}

/** A rule that servers of another kind have no form for, or another one. */
function unlike({ index }: WantedIndex, { pair, context, others }: AboutKeys): CheckFinding {
  const mayHold = others.some(
    ({ parts, condition }) => condition !== null || parts.some(({ column }) => column === null),
  );
  return finding('warning', {
    subject: subjectOf(context, pair.target.name, index.name),
    evidence: `${nameKind(index)} on ${describeParts(index)} on the source; ${mayHold ? 'whether one of the target does the same cannot be told' : 'the target has nothing like it'}`,
    consequence: 'rows that must not be there twice may be taken',
    advice: 'compare the two by hand, and accept this where the target has its own form',
  });
}

function judgeFound(want: WantedIndex, found: IndexFacts, about: AboutKeys): CheckFinding | null {
  const { index } = want;
  const { context, pair } = about;
  const subject = subjectOf(context, pair.target.name, found.name);
  const isShorter =
    index.parts.some(({ prefix }) => prefix !== null) && found.parts.every(({ prefix }) => prefix === null);
  if (isShorter)
    return finding('warning', {
      subject,
      evidence: `on ${describeParts(index)} on the source, on ${describeParts(found)} on the target`,
      consequence: 'values that begin alike are taken, which the source refuses',
    });
  if (index.refusesNulls && !found.refusesNulls && hasNullable(found, pair))
    return finding('warning', {
      subject,
      evidence: 'the source counts NULL as equal to NULL in it, the target does not',
      consequence: 'rows with NULL are taken twice',
    });
  return judgeFolding(want, found, about);
}

function hasNullable({ parts }: IndexFacts, { target }: PairedTable): boolean {
  const nullable = new Set(target.columns.filter((column) => column.nullable).map(({ name }) => name));
  return parts.some(({ column }) => column !== null && nullable.has(column));
}

/** A key that the source does not have refuses what the source takes. One on a column that it does not have refuses nothing. */
function judgeMore(
  key: IndexFacts,
  wanted: readonly WantedIndex[],
  { pair, context }: AboutKeys,
): CheckFinding | null {
  const known = new Set(pair.columns.values());
  const columns = key.parts.map(({ column }) => column);
  if (!key.isValid || columns.some((column) => column !== null && !known.has(column))) return null;
  const isImplied = wanted.some(
    (want) =>
      isAlike(want, key, context.isSameEngine) ||
      (want.index.isValid && isPlain(want) && want.columns.every((column) => columns.includes(column))),
  );
  if (isImplied) return null;
  const isVague = key.condition !== null || columns.includes(null);
  if (isVague && !context.isSameEngine && wanted.some((want) => !isPlain(want))) return null;
  return finding('warning', {
    subject: subjectOf(context, key.table, key.name),
    evidence: `${nameKind(key)} on ${describeParts(key)} on the target; there is no such key on the source`,
    consequence: 'rows that the source takes are refused',
  });
}
