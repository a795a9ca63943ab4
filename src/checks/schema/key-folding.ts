import type { CheckFinding, GateContext } from '../../core/gate/check.js';
import type { ColumnFacts } from '../../core/gate/column-facts.js';
import type { IndexFacts } from '../../core/gate/constraint-facts.js';
import type { Fact } from '../../core/gate/fact.js';
import { finding } from '../findings.js';
import type { WantedIndex } from './indexed.js';
import { type PairedTable, subjectOf } from './paired.js';

interface Place {
  readonly pair: PairedTable;
  readonly context: GateContext;
}

/** Whether both sides take the same texts for equal: with other collations one key refuses what the other one takes. */
export function judgeFolding(
  { index, columns }: WantedIndex,
  found: IndexFacts,
  { pair, context }: Place,
): CheckFinding | null {
  const { source, target } = context.facts;
  for (const [at, { column }] of index.parts.entries()) {
    const partner = columns[at];
    if (column === null || partner == null) continue;
    const from = foldsOf(source.columns, pair.source.name, column);
    const to = foldsOf(target.columns, pair.target.name, partner);
    if (from === null || to === null || from === to) continue;
    return finding('warning', {
      subject: subjectOf(context, pair.target.name, found.name),
      evidence: `${partner} is unique without regard to letter case on the ${from ? 'source' : 'target'} alone`,
      consequence: from
        ? "the target takes 'Anna' beside 'anna', and finds only the one that is asked for"
        : "the target refuses 'Anna' beside 'anna', which the source takes",
      advice: 'give the column a collation that compares as that of the source does',
    });
  }
  return null;
}

const folding = new WeakMap<readonly ColumnFacts[], ReadonlyMap<string, boolean | null>>();
const keyOf = (table: string, column: string): string => JSON.stringify([table, column]);

function foldsOf(facts: Fact<readonly ColumnFacts[]>, table: string, column: string): boolean | null {
  if (!facts.known) return null;
  const { value } = facts;
  const found =
    folding.get(value) ?? new Map(value.map((each) => [keyOf(each.table, each.column), each.folds]));
  folding.set(value, found);
  return found.get(keyOf(table, column)) ?? null;
}
