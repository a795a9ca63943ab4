import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type TestSession, urlOfDatabase } from '../database.js';
import type { PrivateServer } from '../private-mariadb.js';

/** The database that a pair replicates. */
export const DATABASE = 'shop';

/** A source and a target that follows it for real, each a server of its own. */
export interface ReplicationPair {
  /** The addresses of their database, with an account that may do anything. */
  readonly source: string;
  readonly target: string;
  readonly onSource: TestSession;
  readonly onTarget: TestSession;
  /** Has the target apply everything so much later; whole seconds where the server counts in them. */
  readonly delay: (ms: number) => Promise<void>;
  /** Stops the applier of the target, and starts it again. */
  readonly pause: () => Promise<void>;
  readonly go: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** What sets a pair up knows of it. */
export type PairControls = Omit<ReplicationPair, 'source' | 'target' | 'stop'>;

/** What a pair is set up with. */
export interface PairOptions {
  readonly delayMs?: number;
  /** More arguments for either server. */
  readonly sourceArgs?: readonly string[];
  readonly targetArgs?: readonly string[];
}

/** Two running servers, in a folder of their own. */
export interface ServerPair {
  readonly source: PrivateServer;
  readonly target: PrivateServer;
  readonly stop: () => Promise<void>;
}

/** Starts two servers at once; the second may wait for the first. Where one does not start, the other is stopped. */
export async function startServers(
  startSource: (parent: string) => Promise<PrivateServer>,
  startTarget: (parent: string, source: Promise<PrivateServer>) => Promise<PrivateServer>,
): Promise<ServerPair> {
  const [sourceParent, targetParent] = [makeParent('source'), makeParent('target')];
  const starting = startSource(sourceParent);
  const [source, target] = await Promise.allSettled([starting, startTarget(targetParent, starting)]);
  const stop = async (): Promise<void> => {
    const started = [source, target].flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
    await Promise.all(started.map((server) => server.stop()));
    for (const parent of [sourceParent, targetParent]) rmSync(parent, { recursive: true, force: true });
  };
  if (source.status === 'fulfilled' && target.status === 'fulfilled')
    return { source: source.value, target: target.value, stop };
  await stop();
  throw [source, target].find((one) => one.status === 'rejected')?.reason;
}

/** Sets up a pair on two servers, which are stopped where that fails. */
export async function startPairOn(
  servers: ServerPair,
  setUp: (servers: ServerPair) => Promise<PairControls>,
): Promise<ReplicationPair> {
  try {
    const controls = await setUp(servers);
    return {
      ...controls,
      source: shopUrl(servers.source.url),
      target: shopUrl(servers.target.url),
      stop: async () => {
        await Promise.all([controls.onSource.close(), controls.onTarget.close()]);
        await servers.stop();
      },
    };
  } catch (error) {
    await servers.stop();
    throw error;
  }
}

function makeParent(side: string): string {
  const parent = mkdtempSync(join(tmpdir(), `rowproof-${side}-`));
  chmodSync(parent, 0o755);
  return parent;
}

/** The address of the database of a pair on one of its servers. */
export function shopUrl(serverUrl: string): string {
  return urlOfDatabase(serverUrl, DATABASE);
}

const POLL_MS = 20;
const LONGEST_MS = 60_000;

/** Waits until something holds. */
export async function waitUntil(what: string, holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + LONGEST_MS;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`It took too long until ${what}.`);
    await delay(POLL_MS);
  }
}
