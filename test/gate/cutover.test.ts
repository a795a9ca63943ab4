import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runGate } from '../../src/app/gate/run-gate.js';
import { verify } from '../../src/app/verify.js';
import { resolveFlags } from '../../src/config/resolve-flags.js';
import type { RunEvent } from '../../src/core/event.js';
import type { GateResult } from '../../src/core/gate/gate-result.js';
import { readWaivers } from '../../src/waivers/read-waivers.js';
import type { TestDatabase } from '../support/database.js';
import { QUIET_MARIADB, QUIET_POSTGRESQL } from '../support/gate/quiet-servers.js';
import { runOnce } from '../support/gate/run-once.js';
import { runHere } from '../support/run-here.js';
import { useServer } from '../support/servers/use-server.js';

/** Checks of the servers of a test, which others use at the same time, are those of `test/checks`. */
const OTHERS = /^(writers|open-transactions|other-readers|connections|accounts|grants|expired-accounts)$/;

function closing({ checks }: GateResult): string[] {
  return checks.flatMap(({ id, findings }) =>
    OTHERS.test(id)
      ? []
      : findings
          .filter(
            ({ level, accepted }) => accepted === null && (level === 'failed' || level === 'not-checked'),
          )
          .map(({ level, subject, evidence }) => `${level} ${id} ${subject}: ${evidence}`),
  );
}

const maria = useServer(QUIET_MARIADB);
const postgres = useServer(QUIET_POSTGRESQL);

describe('the rows of a cutover', () => {
  let source: TestDatabase;
  let target: TestDatabase;
  const config = (more = {}) =>
    resolveFlags({ ...more, source: source.url, target: target.url, 'recheck-for': '0s' });
  const rowsOf = (result: GateResult) =>
    closing(result)
      .filter((line) => / rows /.test(line))
      .map((line) => line.replace(/: proved up to .*/, ''));

  beforeAll(async () => {
    source = await maria.openDatabase();
    target = await postgres.openDatabase();
    for (const database of [source, target])
      await runOnce(
        database,
        `CREATE TABLE items (id INT PRIMARY KEY, v INT); INSERT INTO items VALUES (1, 1), (2, 2), (3, 3);
         CREATE TABLE empty_one (id INT PRIMARY KEY)`,
      );
  });

  it('are proved up to the last write on the source', async () => {
    const { result } = await runGate({ config: config(), phase: 'cutover' });
    expect(rowsOf(result)).toEqual([]);
    expect(result.rows).toMatchObject({ verdict: 'verified', isUpToDate: true });
    const notes = result.checks.find(({ id }) => id === 'rows')?.findings ?? [];
    expect(notes.map(({ level, evidence }) => `${level} ${evidence}`)).toEqual([
      'note no row on either side: public.empty_one',
    ]);
  });

  it.each(['items,empty_one', '{items,empty_one}', 'items, empty_*'])(
    'are those of the tables that %s means, as verify takes it',
    async (tables) => {
      const { result } = await runGate({ config: config({ tables }), phase: 'cutover' });
      expect(rowsOf(result)).toEqual([]);
      expect(result.rows).toMatchObject({ verdict: 'verified', isUpToDate: true });
    },
  );

  it.each(['source', 'target'] as const)(
    'are not where the %s was written while they were read',
    async (side) => {
      const database = side === 'source' ? source : target;
      const onEvent = async ({ type }: RunEvent): Promise<void> => {
        if (type === 'run:end')
          await runOnce(
            database,
            'UPDATE items SET v = v + 1 WHERE id = 2; UPDATE items SET v = v - 1 WHERE id = 2',
          );
      };
      const { result } = await runGate({ config: config(), phase: 'cutover' }, { onEvent });
      const whose = side === 'source' ? 'the source was written' : 'the target was written by others';
      expect(rowsOf(result)).toContain(
        `not-checked rows last writes of public.items: ${whose} since its rows were read`,
      );
      expect(result.rows?.isUpToDate).toBe(false);
      expect(['cannot-say', 'no-go']).toContain(result.verdict);
    },
  );

  it('close the gate where they differ', async () => {
    await runOnce(target, 'UPDATE items SET v = 30 WHERE id = 3');
    const { result } = await runGate({ config: config(), phase: 'cutover' });
    expect(rowsOf(result)).toEqual([
      'failed rows public.items: 1 row differs: 3 rows on the source, 3 on the target',
    ]);
    expect(result.verdict).toBe('no-go');
    await runOnce(target, 'UPDATE items SET v = 3 WHERE id = 3');
  });

  it('close it as well where the run as a whole could not be verified', async () => {
    const few = await runGate({ config: config({ 'min-rows': '100000' }), phase: 'cutover' });
    expect(rowsOf(few.result)).toEqual([expect.stringMatching(/^not-checked rows few-rows: /)]);
    expect(few.result.verdict).not.toBe('go');
  });

  it('may differ where that is waived', async () => {
    await runOnce(
      source,
      "CREATE TABLE words (id INT PRIMARY KEY, w VARCHAR(9)); INSERT INTO words SELECT seq, CONCAT('word', seq) FROM seq_1_to_60",
    );
    await runOnce(
      target,
      "CREATE TABLE words (id INT PRIMARY KEY, w VARCHAR(9)); INSERT INTO words SELECT g, 'WORD' || g FROM generate_series(1, 60) g",
    );
    const expires = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
    const entry = `{ cause: { table: public.words, column: w, code: letter-case, maxRows: 60 }, reason: r, owner: o, expires: ${expires} }`;
    const waivers = readWaivers({ path: 'w.yaml', text: `format: rowproof/waivers@1\nwaivers: [${entry}]` });
    const open = await runGate({ config: config({ tables: ['words'] }), phase: 'cutover' });
    expect(rowsOf(open.result)).toEqual([expect.stringMatching(/^failed rows public.words: 60 rows differ/)]);
    const { result } = await runGate(
      { config: config({ tables: ['words'] }), phase: 'cutover' },
      { waivers },
    );
    expect(rowsOf(result)).toEqual([]);
    expect(result.rows?.verdict).toBe('waived');
    for (const database of [source, target]) await runOnce(database, 'DROP TABLE words');
  });

  it('do not count once the application writes to the target', async () => {
    const { result } = await runGate({ config: config(), phase: 'after' });
    expect(result.checks.find(({ id }) => id === 'rows')?.outcome).toBe('not-applicable');
  });

  it('say nothing where they were only sampled or counted, unless that is accepted', async () => {
    const counted = await runGate({ config: config({ mode: 'count' }), phase: 'cutover' });
    expect(rowsOf(counted.result)).toEqual(['not-checked rows mode: rows were counted, not compared']);
    const mode = {
      check: 'rows',
      subject: 'mode',
      evidence: null,
      reason: 'a test',
      owner: null,
      expires: null,
    };
    const { result } = await runGate({
      config: config({ mode: 'spot', ratio: '50%' }),
      phase: 'cutover',
      accepted: [mode],
    });
    expect(rowsOf(result)).toEqual([]);
    expect(result.checks.find(({ id }) => id === 'rows')?.findings).toMatchObject([
      { evidence: 'a sample of 50 % was compared', accepted: { reason: 'a test' } },
      {},
    ]);
  });

  it('are taken from an earlier run as long as nothing was written since, and of the same question alone', async () => {
    const outcome = await verify(config(), { wantsMarks: true });
    await outcome.close();
    const earlier = JSON.parse(JSON.stringify(outcome.result));
    const { result } = await runGate({ config: config(), phase: 'cutover', earlier });
    expect(rowsOf(result)).toEqual([]);
    expect(result.rows?.isEarlier).toBe(true);
    await expect(
      runGate({ config: config({ exclude: ['empty_one'] }), phase: 'cutover', earlier }),
    ).rejects.toThrow(/says nothing of these databases: it was asked for other tables/);
    await runOnce(source, 'INSERT INTO items VALUES (4, 4)');
    await runOnce(target, 'INSERT INTO items VALUES (4, 4)');
    const late = await runGate({ config: config(), phase: 'cutover', earlier });
    expect(rowsOf(late.result)).toContain(
      'not-checked rows last writes of public.items: the source was written since its rows were read',
    );
    await runOnce(source, 'ALTER TABLE items ADD COLUMN more INT');
    await runOnce(target, 'ALTER TABLE items ADD COLUMN more INT');
    await expect(runGate({ config: config(), phase: 'cutover', earlier })).rejects.toThrow(
      /the columns of public.items were others then/,
    );
  });
});

describe('a NO-GO that is mended by its fixes', () => {
  let source: TestDatabase;
  let target: TestDatabase;
  const folder = mkdtempSync(join(tmpdir(), 'rowproof-gate-'));
  const fixes = join(folder, 'fixes.target.sql');
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const cutover = (...more: string[]) =>
    runHere([
      'cutover',
      '--source',
      source.url,
      '--target',
      target.url,
      '--no-config',
      '--recheck-for',
      '0s',
      ...more,
    ]);
  const numbering = (stdout: string) => stdout.split('\n').filter((line) => line.includes(' numbering '));

  beforeAll(async () => {
    source = await maria.openDatabase();
    target = await postgres.openDatabase();
    await runOnce(
      source,
      'CREATE TABLE `odd "name\'` (id INT PRIMARY KEY AUTO_INCREMENT, v INT); INSERT INTO `odd "name\'` VALUES (7, 1), (48211, 2)',
    );
    await runOnce(
      target,
      `CREATE TABLE "odd ""name'" (id SERIAL PRIMARY KEY, v INT); INSERT INTO "odd ""name'" VALUES (7, 1), (48211, 2)`,
    );
  });

  it('ends with 1, and writes what only raises something', async () => {
    const { exitCode, stdout } = await cutover('--fixes', folder);
    expect(exitCode, stdout).toBe(1);
    expect(numbering(stdout)).toEqual([
      `failed      numbering         public.odd "name'.id: next 1, largest 48,211: the next insert fails`,
    ]);
    expect(readFileSync(fixes, 'utf8')).toContain(
      `SELECT pg_catalog.setval('"public"."odd ""name''_id_seq"'`,
    );
  });

  it('is for its own server alone, and holds nothing but what its actions say', async () => {
    const other = await runHere(['apply', fixes, '--target', source.url, '--yes']);
    expect(other.exitCode).toBe(2);
    expect(other.stderr).toMatch(/is for the target, postgresql at .*Nothing was applied/s);
    const bent = join(folder, 'bent.sql');
    const text = readFileSync(fixes, 'utf8');
    for (const [find, put, fault] of [
      ['GREATEST(48212', 'GREATEST(1', /Line \d+ of .*bent.sql is not what its action says/],
      [
        '"next":"48212"',
        '"next":"1); DROP TABLE x"',
        /Line \d+ of .*bent.sql is not one that Rowproof writes/,
      ],
      ['\n-- End of the file', '\nDROP TABLE x;\n-- End of the file', /is not one that Rowproof writes/],
      ['-- End of the file', '', /was cut off/],
      ['"started":"', '"started":"1', /the server says that it is another one, or was started again since/],
    ] as const) {
      expect(text).toContain(find);
      writeFileSync(bent, text.replace(find, put));
      const refused = await runHere(['apply', bent, '--target', target.url, '--yes']);
      expect(refused.exitCode, put).toBe(2);
      expect(refused.stderr).toMatch(fault);
    }
  });

  it('is mended once they are applied, and again does nothing', async () => {
    for (let time = 0; time < 2; time++) {
      const applied = await runHere(['apply', fixes, '--target', target.url, '--yes']);
      expect(applied).toMatchObject({ exitCode: 0, stdout: '1 statement applied\n' });
    }
    await runOnce(target, `INSERT INTO "odd ""name'" (v) VALUES (3)`);
    expect(await target.query(`SELECT max(id) FROM "odd ""name'"`)).toEqual([['48212']]);
    await runOnce(target, `DELETE FROM "odd ""name'" WHERE id = 48212`);
    const { stdout } = await cutover();
    expect(numbering(stdout)).toEqual([]);
    expect(stdout).toMatch(/rows VERIFIED up to the source's last write/);
  });
});
