import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunResult } from 'rowproof';
import type { TestDatabase } from '../support/database.js';
import { mysqlAdmin } from '../support/mysql-admin.js';
import { postgresqlAdmin } from '../support/postgresql-admin.js';
import { type RunningCli, startCli } from '../support/run-cli.js';

/** Rows of each of the two tables, and what all of them hold together at any time. */
export const ROWS = 1200;
export const TOTAL = 2 * ROWS * 100;

const STEP = 600;

/** Makes two tables between which cents go to and fro; on the target no row is as on the source. */
export async function createAccounts(source: TestDatabase, target: TestDatabase): Promise<void> {
  for (const [database, cents] of [[source, 100] as const, [target, -1] as const]) {
    for (const table of ['giving', 'taking']) {
      await database.run(`CREATE TABLE ${table} (id INT PRIMARY KEY, cents BIGINT NOT NULL)`);
      for (let from = 0; from < ROWS; from += STEP) {
        const rows = Array.from({ length: STEP }, (_, at) => `(${from + at}, ${cents})`);
        await database.run(`INSERT INTO ${table} VALUES ${rows.join(', ')}`);
      }
    }
  }
}

/** Somebody who moves cents all the time, always from one table to the other: whoever reads the second one later finds more. */
export async function startTransfers({ engine, url }: TestDatabase) {
  const admin = engine === 'postgresql' ? postgresqlAdmin(url) : mysqlAdmin(url);
  const session = await admin.openSession(url);
  const state = { isStopped: false, isResting: false, transfers: 0, longestMs: 0 };
  const ended = (async () => {
    while (!state.isStopped) {
      if (state.isResting) {
        await delay(20);
        continue;
      }
      const row = (state.transfers * 37) % ROWS;
      const startedMs = performance.now();
      await session.run(
        `BEGIN; UPDATE giving SET cents = cents - 1 WHERE id = ${row};
         UPDATE taking SET cents = cents + 1 WHERE id = ${ROWS - 1 - row}; COMMIT`,
      );
      state.longestMs = Math.max(state.longestMs, performance.now() - startedMs);
      state.transfers++;
    }
  })();
  return {
    state,
    stop: async () => {
      state.isStopped = true;
      await ended.finally(() => session.close());
    },
  };
}

/** What a run found the source to hold in all, and what it says of itself. */
export interface TransfersRun {
  readonly total: number;
  readonly rows: number;
  readonly result: RunResult;
  readonly stderr: string;
}

interface TransfersRequest {
  readonly flags: readonly string[];
  readonly tables?: string;
  readonly workers?: number;
  readonly rowsPerSecond?: number;
  readonly during?: (run: RunningCli) => Promise<void>;
}

/** Runs the program so slowly that many transfers are made meanwhile; `during` is done once it reads. */
export async function verifyTransfers(
  { source, target }: { readonly source: TestDatabase; readonly target: TestDatabase },
  { flags, tables = 'giving,taking', workers = 2, rowsPerSecond = 4000, during }: TransfersRequest,
): Promise<TransfersRun> {
  const folder = mkdtempSync(join(tmpdir(), 'rowproof-transfers-'));
  const [json, differences] = [join(folder, 'run.json'), join(folder, 'rows.ndjson')];
  try {
    const running = startCli([
      ...['verify', '--source', source.url, '--target', target.url, '--tables', tables, '--no-journal'],
      ...[
        '--workers',
        `${workers}`,
        '--recheck-for',
        '0s',
        '--chunk-rows',
        '200',
        '--max-rows-per-second',
        `${rowsPerSecond}`,
      ],
      ...['--report', `json=${json}`, '--differences', differences, ...flags],
    ]);
    await during?.(running);
    const { stderr } = await running.result;
    const result: RunResult = JSON.parse(readFileSync(json, 'utf8'));
    // A run that was stopped lists none.
    const listed = existsSync(differences) ? readFileSync(differences, 'utf8') : '';
    const lines = listed.trim().split('\n').slice(1);
    const cents = lines.map((line) => Number(JSON.parse(line).source?.cents));
    return { total: cents.reduce((sum, each) => sum + each, 0), rows: cents.length, result, stderr };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
