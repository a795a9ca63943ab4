import { RowproofError } from '../core/errors.js';
import type { Finding } from '../core/finding.js';
import {
  comparedColumns,
  qualifiedName,
  SIDES,
  type Side,
  type TableId,
  type TablePair,
  tableId,
} from '../core/pairing.js';
import type { ColumnResult, TableCondition } from '../core/result.js';
import { type Catalog, holdsOwnRows, listAllTables, type NamedTable, type Table } from '../core/schema.js';
import { LEFT_OUT, pairColumns, wantedTest } from './column-pairing.js';
import { describeInheritedRows, withInheritedRows } from './inherited-rows.js';
import { chooseKey } from './key-choice.js';
import { extraTables, missingTable, unseenTable } from './lone-tables.js';
import { describeUnread, isLeftOut, isLookedAt, listNotLookedAt } from './not-looked-at.js';
import { ambiguousFinding, matchAllNames } from './pair-names.js';
import type { ComparisonScope } from './selection.js';

/** A table of the report: what is known of it before a row is read. `pair` is null where its rows are not compared. */
export interface PlannedTable {
  readonly id: TableId;
  readonly source: Table | null;
  readonly target: Table | null;
  readonly pair: TablePair | null;
  readonly columns: readonly ColumnResult[];
  readonly findings: readonly Finding[];
}

export interface TablePairing {
  readonly tables: readonly PlannedTable[];
  /** Findings of the run as a whole. */
  readonly findings: readonly Finding[];
  /** What the schemas hold that nobody asked to leave out, and that no run looks at unless it is named. */
  readonly notLookedAt: readonly string[];
  readonly excluded: readonly string[];
  readonly conditions: readonly TableCondition[];
}

/** Pairs the tables of two catalogs within what the user asked for. Names of tables decide the order. */
export function pairTables(source: Catalog, target: Catalog, scope: ComparisonScope): TablePairing {
  const sources = readOf(
    source,
    listAllTables(source).filter((table) => isLookedAt(table, scope)),
  );
  const partners = partnerCandidates(target, scope);
  const match = matchAllNames({
    source: sources.map((table) => table.name),
    target: partners.map((table) => table.name),
    mapping: scope.mapping,
    matchNames: scope.matchNames,
  });
  const paired = new Set(match.pairs.map((pair) => pair.target));
  const named = new Map(
    readOf(
      target,
      partners.filter(({ name }) => paired.has(name)),
    ).map((table) => [table.name, table]),
  );
  const partnerOf = new Map(match.pairs.map((pair) => [pair.source, named.get(pair.target)]));
  const planned = sources.map((table) => {
    const ambiguity = match.ambiguous.find((entry) => entry.source === table.name);
    if (ambiguity !== undefined) {
      const { candidates } = ambiguity;
      const name = { table: qualifiedName(table), name: table.name };
      return planLone(table, ambiguousFinding({ what: 'table', ...name, candidates }));
    }
    const partner = partnerOf.get(table.name);
    if (partner !== undefined) return planPair({ table, partner, scope });
    return planLone(table, target.partial === null ? missingTable(table) : unseenTable(table));
  });
  const tables = planInheritance(planned, scope);
  return {
    tables,
    notLookedAt: listNotLookedAt({ source, target }, scope),
    findings: [
      ...(scope.wantsWholeSchema ? partialFindings(source, target) : []),
      ...extraTables(match.targetOnly, partners, scope),
    ],
    excluded: [
      ...listAllTables(source)
        .filter((table) => isLeftOut(table, scope))
        .map(qualifiedName),
      ...tables.flatMap((table) => leftOutColumns(table, scope)),
    ],
    conditions: tables.flatMap((table) => conditionsOf(table, scope)),
  };
}

/** The tables of some names, which must have been read: nothing may be said of the rows of one that has no known columns. */
function readOf({ tables }: Catalog, wanted: readonly NamedTable[]): readonly Table[] {
  const read = new Map(tables.map((table) => [table.name, table]));
  return wanted.map((named) => {
    const table = read.get(named.name);
    if (table !== undefined) return table;
    throw new RowproofError({ code: 'internal', message: `${qualifiedName(named)} was not read.` });
  });
}

function conditionsOf({ source }: PlannedTable, scope: ComparisonScope): TableCondition[] {
  if (source === null) return [];
  const where = scope.where(source.name);
  if (where.source === null && where.target === null) return [];
  return [{ table: qualifiedName(source), ...where }];
}

/** Columns that the user left out, those without a partner included: nobody would miss them otherwise. */
function leftOutColumns({ source, target, columns }: PlannedTable, scope: ComparisonScope): string[] {
  if (source === null || target === null) return [];
  const isWanted = wantedTest(source.name, scope);
  const paired = new Map(columns.map((column) => [column.source, column]));
  return source.columns
    .filter(({ name }) => {
      const column = paired.get(name);
      return column === undefined ? !isWanted(name) : column.reason === LEFT_OUT;
    })
    .map(({ name }) => `${qualifiedName(source)}.${name}`);
}

/** Plans the tables with heirs again, now that it is known which tables the run compares. */
function planInheritance(tables: readonly PlannedTable[], scope: ComparisonScope): PlannedTable[] {
  const compared = tables.filter(({ pair }) => pair !== null);
  const identities = (side: Side): ReadonlySet<string> =>
    new Set(compared.map((table) => table[side]?.identity ?? '').filter((identity) => identity !== ''));
  const own = { source: identities('source'), target: identities('target') };
  return tables.map((planned) => {
    const { source, target } = planned;
    if (source === null || target === null) return planned;
    if (source.heirs.length === 0 && target.heirs.length === 0) return planned;
    const table = withInheritedRows(source, own.source);
    return planPair({ table, partner: withInheritedRows(target, own.target), scope });
  });
}

/** A view may stand in for a table on the target only where the mapping names it. */
function partnerCandidates(target: Catalog, scope: ComparisonScope): readonly NamedTable[] {
  const mapped = new Set(scope.mapping.map((entry) => entry.target));
  return listAllTables(target).filter(
    (table) => holdsOwnRows(table) || mapped.has(table.name) || scope.namesTable(table.name),
  );
}

function planLone(source: Table, finding: Finding): PlannedTable {
  return { id: tableId(source, null), source, target: null, pair: null, columns: [], findings: [finding] };
}

function planPair({
  table,
  partner,
  scope,
}: {
  table: Table;
  partner: Table;
  scope: ComparisonScope;
}): PlannedTable {
  const id = tableId(table, partner);
  const columns = pairColumns(table, partner, scope);
  const findings = [
    ...columns.findings,
    ...describeInheritedRows(table, 'source'),
    ...describeInheritedRows(partner, 'target'),
    ...describeUnread(table, 'source'),
    ...describeUnread(partner, 'target'),
  ];
  const planned = { id, source: table, target: partner, columns: columns.results };
  const unreadable = unreadableFinding(table, 'source') ?? unreadableFinding(partner, 'target');
  if (unreadable !== null) return { ...unread(planned, unreadable), findings: [...findings, unreadable] };
  const choice = chooseKey({
    source: table,
    target: partner,
    pairs: columns.comparable,
    named: scope.key(table.name),
  });
  if ('code' in choice) return { ...unread(planned, choice), findings: [...findings, choice] };
  const keyNames = new Set(choice.key.map((column) => column.source.name));
  const pair: TablePair = {
    id,
    source: table,
    target: partner,
    ...choice,
    columns: columns.wanted.filter((column) => !keyNames.has(column.source.name)),
    where: scope.where(table.name),
  };
  if (comparedColumns(pair).length === 0 && table.columns.length + partner.columns.length > 0) {
    const bare = noColumnFinding(table);
    return { ...unread(planned, bare), findings: [...findings, bare] };
  }
  const compared = columns.results.map((column) =>
    keyNames.has(column.source) ? asCompared(column) : column,
  );
  return {
    ...planned,
    pair,
    columns: compared,
    findings: [...findings, ...ignoredKeys(pair, scope), ...changedCollations(pair)],
  };
}

/** What a pattern leaves out in every table is no reason to compare one of them without its key, and is said. */
function ignoredKeys({ source, key }: TablePair, scope: ComparisonScope): Finding[] {
  const ignores = scope.ignoresColumn(source.name);
  const names = key.map((column) => column.source.name).filter(ignores);
  if (names.length === 0) return [];
  const columns = `${names.length === 1 ? 'Column' : 'Columns'} ${names.join(', ')}`;
  return [
    {
      code: 'key-not-ignored',
      about: { table: qualifiedName(source), side: 'source', columns: names },
      message: `${columns} of ${qualifiedName(source)} ${names.length === 1 ? 'was' : 'were'} compared although --ignore-columns fits: rows are told apart by the key.`,
      hint: `To tell them apart by others, name these with --key ${source.name}:COLUMN.`,
    },
  ];
}

/** An index that was built under another version of a collation does not find what is there. */
function changedCollations(pair: TablePair): Finding[] {
  return pair.key.flatMap((column) =>
    SIDES.flatMap((side): Finding[] => {
      const { name, collationChange } = column[side];
      if (collationChange == null) return [];
      return [
        {
          code: 'collation-changed',
          about: { table: qualifiedName(pair[side]), side, columns: [name], detail: collationChange },
          message: `Indexes on column ${name} of ${qualifiedName(pair[side])} on the ${side} are not trusted: ${collationChange}. Rows were compared without them.`,
          hint: 'Rebuild the indexes on it (REINDEX), and then refresh the recorded version (ALTER COLLATION or ALTER DATABASE … REFRESH COLLATION VERSION).',
        },
      ];
    }),
  );
}

/** No column of a table that is not read is compared, and the reason is the table's. */
function unread<T extends Pick<PlannedTable, 'columns'>>(
  planned: T,
  { message }: Finding,
): T & { pair: null } {
  const columns = planned.columns.map((column) =>
    column.compared ? { ...column, compared: false, reason: message } : column,
  );
  return { ...planned, columns, pair: null };
}

/** A key column is always compared, also where the user left it out. */
function asCompared({ source, target }: ColumnResult): ColumnResult {
  return { source, target, compared: true };
}

/** A row of no columns tells nothing, and not every server can be asked for one. */
function noColumnFinding(table: Table): Finding {
  return {
    code: 'column-unverified',
    about: { table: qualifiedName(table), columns: [] },
    message: `Rows of ${qualifiedName(table)} were not compared: no column is left that both sides have and that can be compared.`,
    hint: `Leave the table out with --exclude ${table.name}, or compare the numbers of its rows with --mode count.`,
  };
}

function unreadableFinding(table: Table, side: 'source' | 'target'): Finding | null {
  if (table.unreadable === null) return null;
  return {
    code: 'table-unreadable',
    about: { table: qualifiedName(table), side, detail: table.unreadable },
    message: `Cannot read ${qualifiedName(table)} on the ${side}: ${table.unreadable}.`,
    hint: `Grant SELECT, or leave the table out with --exclude ${table.name}.`,
  };
}

function partialFindings(source: Catalog, target: Catalog): Finding[] {
  return [
    { side: 'source', catalog: source },
    { side: 'target', catalog: target },
  ].flatMap(({ side, catalog }) =>
    catalog.partial === null
      ? []
      : [
          {
            code: 'catalog-partial' as const,
            message: `The account on the ${side} ${catalog.partial}.`,
            hint: `Grant SELECT on the whole schema ${catalog.schema}, or name each table with --tables.`,
          },
        ],
  );
}
