import type { Fact } from '../core/gate/fact.js';
import { hidden, known } from '../core/gate/fact.js';
import type { Probe, ProbeAnswer, ProbeRequest } from '../core/gate/probe.js';
import type { SqlSession } from './sql-session.js';

/** How an engine asks whether rows keep a rule. */
export interface ProbeWords {
  quoteName(name: string): string;
  /** SQL for a value as text. */
  textOf(value: string): string;
  /**
   * The condition of a check constraint as the server tells it; null where it calls what its owner wrote, which is not for the
   * account of somebody else to run, or where servers of the kind leave no row unchecked.
   */
  readRule(
    session: SqlSession,
    place: { readonly schema: string; readonly table: string; readonly name: string },
  ): Promise<string | null>;
}

const LONGEST_EXAMPLE = 60;

/** Reads rows to find out what catalogs do not say. */
export async function readProbe(
  session: SqlSession,
  words: ProbeWords,
  { probe, schema, showsValues }: Omit<ProbeRequest, 'probes'> & { readonly probe: Probe },
): Promise<Fact<ProbeAnswer>> {
  const broken = await buildBroken(session, words, { probe, schema });
  if (broken === null) return hidden('the rule calls what only its owner should run');
  const { count, first, columns } = broken;
  const [row] = await session.query(count);
  const found = BigInt(row?.found ?? 0);
  if (found === 0n || !showsValues || columns.length === 0) return known({ found, example: null });
  const [example = {}] = await session.query(first);
  const values = columns.map((column, at) => `${column} ${shorten(example[`v${at}`] ?? 'NULL')}`);
  return known({ found, example: values.join(', ') });
}

function shorten(text: string): string {
  return text.length <= LONGEST_EXAMPLE ? text : `${text.slice(0, LONGEST_EXAMPLE)}…`;
}

interface Broken {
  readonly count: string;
  readonly first: string;
  /** Whose values `v0`, `v1`, … of the first are. */
  readonly columns: readonly string[];
}

async function buildBroken(
  session: SqlSession,
  words: ProbeWords,
  { probe, schema }: { readonly probe: Probe; readonly schema: string },
): Promise<Broken | null> {
  switch (probe.kind) {
    case 'orphans':
      return buildOrphans(words, schema, probe);
    case 'duplicates':
      return buildDuplicates(words, schema, probe);
    case 'refused': {
      const { table, name } = probe;
      const rule = await words.readRule(session, { schema, table, name });
      if (rule === null) return null;
      const from = `FROM ${words.quoteName(schema)}.${words.quoteName(table)} WHERE NOT (${rule})`;
      return { count: `SELECT COUNT(*) AS found ${from}`, first: '', columns: [] };
    }
  }
}

/** A row with NULL in its foreign key refers to nothing, and lacks nothing. */
function buildOrphans(
  { quoteName, textOf }: ProbeWords,
  schema: string,
  { table, columns, referencedSchema, referencedTable }: Extract<Probe, { readonly kind: 'orphans' }>,
): Broken {
  const own = columns.map((column) => `c.${quoteName(column.own)}`);
  const isWhole = own.map((column) => `${column} IS NOT NULL`).join(' AND ');
  const isParent = columns
    .map(({ referenced }, at) => `p.${quoteName(referenced)} = ${own[at]}`)
    .join(' AND ');
  const from = `FROM ${quoteName(schema)}.${quoteName(table)} c WHERE ${isWhole}
    AND NOT EXISTS (SELECT 1 FROM ${quoteName(referencedSchema)}.${quoteName(referencedTable)} p WHERE ${isParent})`;
  return {
    count: `SELECT COUNT(*) AS found ${from}`,
    first: `SELECT ${selectValues(own, textOf)} ${from} LIMIT 1`,
    columns: columns.map((column) => column.own),
  };
}

/** Values with NULL are never equal to others. */
function buildDuplicates(
  { quoteName, textOf }: ProbeWords,
  schema: string,
  { table, columns }: Extract<Probe, { readonly kind: 'duplicates' }>,
): Broken {
  const names = columns.map(quoteName);
  const groups = `FROM ${quoteName(schema)}.${quoteName(table)} WHERE ${names.map((name) => `${name} IS NOT NULL`).join(' AND ')}
    GROUP BY ${names.join(', ')} HAVING COUNT(*) > 1`;
  return {
    count: `SELECT COUNT(*) AS found FROM (SELECT COUNT(*) AS copies ${groups}) d`,
    first: `SELECT ${selectValues(names, textOf)} ${groups} LIMIT 1`,
    columns,
  };
}

function selectValues(values: readonly string[], textOf: ProbeWords['textOf']): string {
  return values.map((value, at) => `${textOf(value)} AS v${at}`).join(', ');
}
