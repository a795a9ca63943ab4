import { RowproofError, serializeError } from '../core/errors.js';
import type { Finding } from '../core/finding.js';
import type { Side } from '../core/pairing.js';
import type { Catalog, Table } from '../core/schema.js';
import { MOST_TABLE_NAMES } from '../engines/session.js';
import { findSchemaChanges } from '../plan/schema-changes.js';
import type { OpenSide } from './open-side.js';
import type { Reading } from './read-tables.js';

interface WantedTables {
  readonly side: Side;
  readonly names: readonly string[];
}

/**
 * Reads both catalogs once more after the last row, however many tables there are, and takes back what was said of tables
 * that were altered meanwhile. Where that cannot be read nothing is known of any table, which is returned as the run's.
 */
export async function lookAtSchemaAgain({ sides, tables, wishes }: Reading): Promise<readonly Finding[]> {
  if (wishes.signal.aborted || namesOf(tables, 'target').length === 0) return [];
  try {
    const [source, target] = await Promise.all([
      readByName(sides.source, { side: 'source', names: namesOf(tables, 'source') }),
      readByName(sides.target, { side: 'target', names: namesOf(tables, 'target') }),
    ]);
    for (const table of tables) {
      for (const { finding, isMisread } of findSchemaChanges(table.planned, { source, target })) {
        if (isMisread) table.record({ kind: 'misread' });
        table.addFinding(finding);
        const { message, hint } = finding;
        const error = { code: 'catalog', message, hint, causes: [] } as const;
        await wishes.emit({ type: 'chunk:unverified', table: table.name, error });
      }
    }
    return [];
  } catch (error) {
    return wishes.signal.aborted ? [] : [unknownSchema(error)];
  }
}

/** The tables of a side that have a partner: nothing is said of others. */
function namesOf(tables: Reading['tables'], side: Side): readonly string[] {
  return tables.flatMap(({ planned: { source, target } }) =>
    source === null || target === null ? [] : [{ source, target }[side].name],
  );
}

/** The tables of a side, by their names: there may be tens of thousands, each of which is looked up. */
async function readByName(open: OpenSide, wanted: WantedTables): Promise<ReadonlyMap<string, Table>> {
  const { tables } = await readAgain(open, wanted);
  return new Map(tables.map((table) => [table.name, table]));
}

/** The session of the beginning may have been idle for hours and lost; a new one sees the same catalog. */
async function readAgain(
  { engine, session, settings }: OpenSide,
  { side, names }: WantedTables,
): Promise<Catalog> {
  const request = { settings, ...(names.length <= MOST_TABLE_NAMES && { tables: names }) };
  try {
    if (!session.broken) return await session.ask('catalog', request);
  } catch {
    // What is wrong with the server is said of the new session.
  }
  try {
    const fresh = await engine.open(settings);
    try {
      return await fresh.ask('catalog', request);
    } finally {
      await fresh.close();
    }
  } catch (cause) {
    if (cause instanceof RowproofError) throw cause;
    const { message, hint } = engine.classifyError(cause);
    throw new RowproofError({ code: 'catalog', message: `on the ${side}, ${message}`, hint, cause });
  }
}

function unknownSchema(error: unknown): Finding {
  const { message, hint } = serializeError(error);
  return {
    code: 'schema-changed',
    message: `Whether tables were altered during the run is not known, because their catalog cannot be read again: ${message}`,
    hint: hint === '' ? 'Run again.' : hint,
  };
}
