import { assertTlsFiles, resolveSide } from '../config/resolve-side.js';
import { RowproofError } from '../core/errors.js';
import type { Finding } from '../core/finding.js';
import { type Log, NO_LOG } from '../core/log.js';
import type { Side } from '../core/pairing.js';
import type { Catalog } from '../core/schema.js';
import type { ConnectionSettings, Environment } from '../engines/connection-settings.js';
import type { Engine } from '../engines/engine.js';
import { hideServerWords } from '../engines/hide-words.js';
import { makeLasting } from '../engines/lasting-session.js';
import { logEngine } from '../engines/log-sessions.js';
import { ownSessions } from '../engines/owned-sessions.js';
import { isSameInstance } from '../engines/server-identity.js';
import type { Session } from '../engines/session.js';
import { watchSilence } from '../engines/watch-silence.js';
import { type ChoiceListener, chooseServer } from './choose-server.js';
import { type ChooseTables, readSideCatalog } from './read-side-catalog.js';
import { describeServer, describeSideFailure } from './side-failure.js';

/** One side of a run, connected, with its catalog. Who opens it closes it. */
export interface OpenSide {
  readonly engine: Engine;
  readonly settings: ConnectionSettings;
  readonly session: Session;
  readonly catalog: Catalog;
  /** What the report must say of how the side was opened. */
  readonly findings: readonly Finding[];
  /** Closes every session that was opened by `engine`, this one and those of whoever looked something up. */
  close(): Promise<void>;
}

/** Which side to open, and who may end that. */
export interface SideRequest {
  readonly side: Side;
  readonly url: string;
  readonly environment: Environment;
  readonly stop?: AbortSignal | undefined;
  readonly onChosen?: ChoiceListener | undefined;
  /** Is told about how many rows the tables of the side have that take longer than a moment, before its catalog is read whole. */
  readonly onRows?: ((rows: number) => void) | undefined;
  /** Is told the names of all tables before more is read of them, and says of which that is wanted. */
  readonly choose?: ChooseTables | undefined;
  readonly log?: Log | undefined;
  /** Told that the side has sent nothing for so long, although it was asked something. */
  readonly onSilence?: ((silentMs: number) => void) | undefined;
  /** Whether errors come without the words of the server, which may quote a row. */
  readonly hidesWords?: boolean;
}

/**
 * Connects to one side and reads its catalog; an error names the side and the server, never the password. The server
 * that answers first is the one that every later session of the side must be on.
 */
export async function openSide(request: SideRequest): Promise<OpenSide> {
  const { side, url, stop, onChosen, onSilence = () => undefined, log = NO_LOG } = request;
  const { engine: quiet, candidates } = resolveSide(request);
  keepSecrets(log, url, candidates);
  const logged = logEngine(quiet, log.with({ side }));
  const { engine, close } = ownSessions(
    watchSilence(request.hidesWords ? hideServerWords(logged) : logged, { onSilence }),
  );
  assertTlsFiles(side, candidates[0]);
  for (const each of candidates)
    log.info('side:open', () => ({ side, url: describeServer(each), tls: each.tls.mode }));
  const { session, settings: chosen } = await chooseServer({ side, engine, candidates, stop, onChosen });
  const settings = { ...chosen, server: { identity: session.server, isExact: false } };
  const cutOff = (): void => void close();
  stop?.addEventListener('abort', cutOff, { once: true });
  try {
    return {
      engine,
      settings,
      session,
      catalog: await readSideCatalog({
        ...{ engine, session, settings },
        ...{ choose: request.choose, onRows: request.onRows },
      }),
      findings: session.findings.map((finding) => ({
        ...finding,
        message: `${capitalize(side)}: ${finding.message}`,
      })),
      close,
    };
  } catch (error) {
    await close();
    if (stop?.aborted) throw interrupted();
    throw describeSideFailure({ side, engine, settings, error, what: 'read the catalog of' });
  } finally {
    stop?.removeEventListener('abort', cutOff);
  }
}

/** As the URL spells it, and as it is sent. */
function keepSecrets({ secrets }: Log, url: string, candidates: readonly ConnectionSettings[]): void {
  secrets.add(/^[^:]*:\/\/[^@/]*?:([^@]*)@/.exec(url)?.[1] ?? '');
  for (const { password } of candidates) secrets.add(password.text ?? '');
}

function interrupted(): RowproofError {
  return new RowproofError({ code: 'interrupted', message: 'The run was interrupted.' });
}

function capitalize(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}

/** Makes a side good for the whole run: its session lasts, and none of its sessions is taken to the server of the other. */
export function makeReady(open: OpenSide, other: OpenSide): OpenSide {
  const identity = open.session.server;
  const isExact = identity.id === other.session.server.id && !isSameInstance(identity, other.session.server);
  const settings = { ...open.settings, server: { identity, isExact } };
  const session = makeLasting(open.session, open.engine, settings);
  const close = async (): Promise<void> => {
    // Once it is closed itself it opens no other one.
    await session.close();
    await open.close();
  };
  return { ...open, settings, session, close };
}
