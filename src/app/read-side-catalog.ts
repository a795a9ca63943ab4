import type { Catalog, SchemaNames } from '../core/schema.js';
import type { ConnectionSettings } from '../engines/connection-settings.js';
import type { Engine } from '../engines/engine.js';
import type { Session } from '../engines/session.js';

/** Says of which tables more than the name is wanted, once all names are known; null where that is all of them. */
export type ChooseTables = (names: SchemaNames) => Promise<readonly string[] | null>;

/** Whose catalog is read, and how much of it. */
export interface CatalogReading {
  readonly engine: Engine;
  readonly session: Session;
  readonly settings: ConnectionSettings;
  /** Absent where all tables are wanted. */
  readonly choose: ChooseTables | undefined;
  readonly onRows: ((rows: number) => void) | undefined;
}

/** Reads the catalog of a side: names of all its tables, and columns and keys of those that are wanted. */
export async function readSideCatalog(reading: CatalogReading): Promise<Catalog> {
  const { engine, session, settings, choose, onRows } = reading;
  if (choose === undefined || engine.can.names !== true) return session.ask('catalog', { settings, onRows });
  const names = await session.ask('names', settings);
  const wanted = await choose(names);
  if (wanted === null) return session.ask('catalog', { settings, onRows });
  const catalog = await session.ask('catalog', { settings, onRows, tables: wanted });
  return { ...catalog, all: listStillThere(names, wanted, catalog), others: names.others };
}

/** A table that was dropped since its name was read is none of the schema's any more. */
function listStillThere(
  names: SchemaNames,
  wanted: readonly string[],
  catalog: Catalog,
): SchemaNames['tables'] {
  const asked = new Set(wanted);
  const found = new Set(catalog.tables.map(({ name }) => name));
  return names.tables.filter(({ name }) => !asked.has(name) || found.has(name));
}
