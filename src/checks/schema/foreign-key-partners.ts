import type { GateContext } from '../../core/gate/check.js';
import type { ForeignKeyFacts } from '../../core/gate/constraint-facts.js';
import { groupByTable, type PairedTable, pairedTables } from './paired.js';

/** A foreign key of the source with the names of the target. */
export interface WantedKey {
  readonly key: ForeignKeyFacts;
  readonly columns: ForeignKeyFacts['columns'];
  readonly schema: string;
  readonly table: string;
}

/** The foreign keys of one table pair. */
export interface TableKeys {
  readonly pair: PairedTable;
  /** Those of the source, each with its partner; null for none. */
  readonly wanted: readonly { readonly want: WantedKey; readonly partner: ForeignKeyFacts | null }[];
  /** Those of the target alone. */
  readonly more: readonly ForeignKeyFacts[];
  /** Those of the source that refer to what is not looked at. */
  readonly unseen: readonly ForeignKeyFacts[];
}

/** Pairs the foreign keys of both sides by what they refer to. */
export function pairKeys(
  context: GateContext,
  facts: { readonly source: readonly ForeignKeyFacts[]; readonly target: readonly ForeignKeyFacts[] },
): readonly TableKeys[] {
  const keysOf = { source: groupByTable(facts.source), target: groupByTable(facts.target) };
  return pairedTables(context).map((pair) => {
    const [source, target] = [keysOf.source(pair.source.name), keysOf.target(pair.target.name)];
    const wants = source.flatMap((key) => mapKey(key, pair, context) ?? []);
    // A foreign key to what the gate does not look at has a partner that it cannot find.
    const unseen = source.filter((key) => !wants.some((want) => want.key === key));
    const isWhole = unseen.length === 0;
    return {
      pair,
      wanted: wants.map((want) => ({ want, partner: findPartner(want, target) })),
      unseen,
      more: isWhole ? target.filter((key) => !wants.some((want) => isSame(key, want))) : [],
    };
  });
}

function findPartner(want: WantedKey, keys: readonly ForeignKeyFacts[]): ForeignKeyFacts | null {
  const partners = keys.filter((key) => isSame(key, want));
  return (
    partners.find(({ unenforced, isValidated }) => unenforced === null && isValidated) ?? partners[0] ?? null
  );
}

/** The foreign key as it should be on the target; null where that has no partner of the table, or of a column. */
function mapKey(key: ForeignKeyFacts, pair: PairedTable, context: GateContext): WantedKey | null {
  if (key.referencedSchema !== context.schemas.source)
    return { key, columns: mapOwn(key, pair), schema: key.referencedSchema, table: key.referencedTable };
  const referenced = pairedTables(context).find(({ source }) => source.name === key.referencedTable);
  if (referenced === undefined) return null;
  const columns = key.columns.flatMap(({ own, referenced: other }) => {
    const [mine, theirs] = [pair.columns.get(own), referenced.columns.get(other)];
    return mine === undefined || theirs === undefined ? [] : [{ own: mine, referenced: theirs }];
  });
  if (columns.length < key.columns.length) return null;
  return { key, columns, schema: context.schemas.target, table: referenced.target.name };
}

function mapOwn({ columns }: ForeignKeyFacts, pair: PairedTable): ForeignKeyFacts['columns'] {
  return columns.map(({ own, referenced }) => ({ own: pair.columns.get(own) ?? own, referenced }));
}

function isSame(key: ForeignKeyFacts, want: WantedKey): boolean {
  const spell = ({ columns }: Pick<ForeignKeyFacts, 'columns'>): string =>
    JSON.stringify(columns.map(({ own, referenced }) => [own, referenced]).sort());
  return (
    key.referencedTable === want.table && key.referencedSchema === want.schema && spell(key) === spell(want)
  );
}
