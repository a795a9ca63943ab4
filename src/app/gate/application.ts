import { readDatabaseUrl } from '../../config/database-url.js';
import { processEnvironment } from '../../config/environment.js';
import { RowproofError } from '../../core/errors.js';
import type { ApplicationFacts } from '../../core/gate/application-facts.js';
import type { Log } from '../../core/log.js';
import type { PlannedTable } from '../../plan/table-pairing.js';
import { type OpenSide, openSide } from '../open-side.js';
import { describeServer } from '../side-failure.js';

/** How the application logs in, and the target that it should come to. */
export interface ApplicationAsk {
  readonly url: string;
  readonly target: OpenSide;
  readonly tables: readonly PlannedTable[];
  readonly signal: AbortSignal;
  readonly log: Log;
}

/** Logs in as the application does, and asks what it may do with the tables; a refused login is an answer. */
export async function tryApplication(ask: ApplicationAsk): Promise<ApplicationFacts> {
  const { url, signal, log } = ask;
  try {
    const open = await openSide({
      side: 'target',
      url: readDatabaseUrl(url, 'target'),
      environment: processEnvironment(() => undefined),
      stop: signal,
      log,
    });
    try {
      return await describe(open, ask);
    } finally {
      await open.close();
    }
  } catch (error) {
    if (!(error instanceof RowproofError) || signal.aborted) throw error;
    return { isIn: false, reason: error.message.replace(/\.$/, ''), hint: error.hint };
  }
}

async function describe(open: OpenSide, { target, tables }: ApplicationAsk): Promise<ApplicationFacts> {
  const { session, settings, catalog } = open;
  const { account } = await session.ask('account', null);
  return {
    isIn: true,
    account,
    server: describeServer(settings),
    isSameServer: session.server.id === target.session.server.id,
    schema: catalog.schema,
    wantedSchema: target.catalog.schema,
    isEncrypted: settings.tls.mode !== 'disable',
    verbs: await session.ask(
      'table-verbs',
      tables.flatMap((table) => table.target ?? []),
    ),
  };
}
