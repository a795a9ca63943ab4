import { RowproofError, serializeError } from '../core/errors.js';
import type { Finding } from '../core/finding.js';
import type { Side } from '../core/pairing.js';
import type { Catalog, Table } from '../core/schema.js';
import { findSchemaChanges } from '../plan/schema-changes.js';
import type { OpenSide } from './open-side.js';
import type { Reading } from './read-tables.js';

/**
 * Reads both catalogs once more after the last row, however many tables there are, and takes back what was said of tables
 * that were altered meanwhile. Where that cannot be read nothing is known of any table, which is returned as the run's.
 */
export async function lookAtSchemaAgain({ sides, tables, wishes }: Reading): Promise<readonly Finding[]> {
  if (wishes.signal.aborted) return [];
  try {
    const [source, target] = await Promise.all([readByName('source', sides), readByName('target', sides)]);
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

/** The tables of a side, by their names: there may be tens of thousands, each of which is looked up. */
async function readByName(
  side: Side,
  sides: Readonly<Record<Side, OpenSide>>,
): Promise<ReadonlyMap<string, Table>> {
  const { tables } = await readAgain(side, sides);
  return new Map(tables.map((table) => [table.name, table]));
}

/** The session of the beginning may have been idle for hours and lost; a new one sees the same catalog. */
async function readAgain(side: Side, sides: Readonly<Record<Side, OpenSide>>): Promise<Catalog> {
  const { engine, session, settings } = sides[side];
  try {
    if (!session.broken) return await session.ask('catalog', { settings });
  } catch {
    // What is wrong with the server is said of the new session.
  }
  try {
    const fresh = await engine.open(settings);
    try {
      return await fresh.ask('catalog', { settings });
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
