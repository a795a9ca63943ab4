import { openSide } from '../app/open-side.js';
import { RowproofError } from '../core/errors.js';
import type { Log } from '../core/log.js';
import { qualifiedName } from '../core/pairing.js';
import type { Catalog } from '../core/schema.js';
import type { ConnectionSettings, Environment } from '../engines/connection-settings.js';
import type { Engine } from '../engines/engine.js';
import type { RepairCatalog } from '../engines/repair.js';
import type { WriteDialect, WriteSession } from '../engines/write.js';
import type { FileSurvey, PlannedTable } from './survey-file.js';
import type { AppliedTable } from './undo-statement.js';

/** What the target's catalog says, read once, over a session that cannot write. */
export interface TargetFacts {
  readonly engine: Engine;
  readonly settings: ConnectionSettings;
  readonly catalog: Catalog;
  readonly repairCatalog: RepairCatalog;
}

/** Reads what applying must know of the target; the session is closed again. */
export async function readTargetFacts(
  url: string,
  { environment, stop, log }: { environment: Environment; stop: AbortSignal; log: Log },
): Promise<TargetFacts> {
  const open = await openSide({ side: 'target', url, environment, stop, log });
  const { engine, settings, session, catalog } = open;
  const cutOff = (): void => void open.close();
  stop.addEventListener('abort', cutOff, { once: true });
  try {
    const { tables, schema: name, version } = catalog;
    return {
      engine,
      settings,
      catalog,
      repairCatalog: await session.ask('repair-catalog', { name, tables, version }),
    };
  } finally {
    stop.removeEventListener('abort', cutOff);
    await open.close();
  }
}

/** Finds the tables of a file on the target, with all of their columns. */
export async function prepareTables(
  survey: FileSurvey,
  { catalog, repairCatalog }: TargetFacts,
  { session, dialect }: { session: WriteSession; dialect: WriteDialect },
): Promise<Map<number, AppliedTable>> {
  const prepared = new Map<number, AppliedTable>();
  for (const [number, planned] of survey.tables) {
    const table = catalog.tables.find(
      ({ schema, name }) => schema === planned.schema && name === planned.name,
    );
    if (table === undefined) throw isMissing(survey, planned, 'is not there');
    const images = await dialect.readImages(session, table);
    const missing = planned.key.find((column) => !images.some(({ name }) => name === column));
    if (missing !== undefined) throw isMissing(survey, planned, `has no column ${missing}`);
    prepared.set(number, {
      table,
      key: planned.key,
      images,
      catalog: repairCatalog,
      facts: repairCatalog.tables.find(({ name }) => name === qualifiedName(table)) ?? null,
      isUndo: survey.header.direction === 'undo',
    });
  }
  return prepared;
}

function isMissing({ path }: FileSurvey, { schema, name }: PlannedTable, what: string): RowproofError {
  return new RowproofError({
    code: 'usage',
    message: `${path} repairs ${schema}.${name}, which ${what} on the target.`,
    hint: 'Verify again and apply the new file, or grant the account what it must see. Nothing was applied.',
  });
}
