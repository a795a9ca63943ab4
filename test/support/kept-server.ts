import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const KEEPER = fileURLToPath(new URL('./server-keeper.mjs', import.meta.url));
const START_TIMEOUT_MS = 180_000;
const POLL_MS = 50;

/** The user that a server runs as; absent where the tests themselves are not run by root. */
export interface ServerAccount {
  readonly uid?: number;
  readonly gid?: number;
}

/** A server to run: what to start, in which folder, and how to tell that it answers. */
export interface ServerCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly folder: string;
  readonly account: ServerAccount;
  readonly stopSignal: 'SIGQUIT' | 'SIGKILL';
  /** Rejects as long as the server does not answer. */
  readonly ping: () => Promise<void>;
}

/** A running server; `stop` resolves when its process is gone and its folder is removed. */
export interface KeptServer {
  readonly stop: () => Promise<void>;
}

/**
 * Starts a server under a keeper process, which stops it when this process ends in whatever way.
 *
 * The keeper is detached, because Ctrl-C in a terminal reaches the whole process group and would end it first.
 */
export async function startKeptServer({ ping, ...task }: ServerCommand): Promise<KeptServer> {
  const keeper = spawn(process.execPath, [KEEPER, JSON.stringify(task)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let complaint = '';
  keeper.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  const ended = once(keeper, 'close');
  const stop = async () => {
    keeper.stdin.end();
    await ended;
    if (complaint !== '') console.error(complaint);
  };
  await waitUntilReady({ keeper, ping, stop });
  return { stop };
}

async function waitUntilReady({
  keeper,
  ping,
  stop,
}: {
  keeper: ChildProcess;
  ping: () => Promise<void>;
  stop: () => Promise<void>;
}): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    try {
      await ping();
      return;
    } catch (error) {
      if (keeper.exitCode === null && Date.now() < deadline) {
        await delay(POLL_MS);
        continue;
      }
      await stop();
      throw new Error('A test database server did not start; its log is above.', { cause: error });
    }
  }
}

/** Database servers refuse to run as root, so root lends them an unprivileged user that exists already. */
export function findServerAccount(preferredUser: string): ServerAccount {
  if (process.getuid?.() !== 0) return {};
  for (const user of [preferredUser, 'nobody']) {
    try {
      return { uid: readId('-u', user), gid: readId('-g', user) };
    } catch {
      // The next user may exist.
    }
  }
  throw new Error(
    `Neither the user '${preferredUser}' nor 'nobody' exists, so no server can be run by root.`,
  );
}

function readId(option: '-u' | '-g', user: string): number {
  return Number(execFileSync('id', [option, user], { encoding: 'utf8', stdio: 'pipe' }));
}

/** Makes a folder that belongs to a server's user; the folder above it must let that user pass. */
export function makeServerFolder(parent: string, name: string, account: ServerAccount): string {
  const folder = join(parent, name);
  mkdirSync(folder);
  chmodSync(folder, 0o755);
  if (account.uid !== undefined && account.gid !== undefined) chownSync(folder, account.uid, account.gid);
  return folder;
}

/** What was copied belongs to whoever copied it, and the server must write to it. */
export async function giveAway(folder: string, { uid, gid }: ServerAccount): Promise<void> {
  if (uid !== undefined) await promisify(execFile)('chown', ['-R', `${uid}:${gid}`, folder]);
}

/** Asks the operating system for a port that is free now; a server cannot choose one by itself and tell us. */
export async function findFreePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('The probe got no port.');
  return address.port;
}
