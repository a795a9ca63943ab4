import { beforeAll, describe, expect, it } from 'vitest';
import { leftovers } from '../../src/checks/leftovers/leftovers.js';
import { fitsPattern, parseLeftoverPatterns } from '../../src/checks/leftovers/parse-patterns.js';
import { availableEngines, useDatabase } from '../support/database.js';
import { brief, checkSides, readSides } from '../support/gate/check-sides.js';
import { writeFix } from '../support/gate/write-fix.js';

describe.each(availableEngines().filter((engine) => engine !== 'postgresql'))('leftovers on %s', (engine) => {
  const from = useDatabase(engine);
  const to = useDatabase(engine);
  const ask = (phase: 'preflight' | 'cutover' | 'after') =>
    checkSides('leftovers', { source: from.url, target: to.url, phase });

  beforeAll(async () => {
    await from.run('CREATE TABLE orders (id INT PRIMARY KEY)');
    await to.run(
      `CREATE TABLE orders (id INT PRIMARY KEY); CREATE TABLE _orders_gho (id INT); CREATE TABLE _orders_old (id INT);
       CREATE TABLE _sales_old (id INT); CREATE TABLE customers_old (id INT)`,
    );
  });

  it('are a note where they do nothing, and only beside the table of their name', async () => {
    const found = await ask('cutover');
    expect(brief(found)).toEqual([
      `note ${to.name}._orders_gho: was left on the target by gh-ost`,
      `note ${to.name}._orders_old: was left on the target by pt-online-schema-change`,
    ]);
    const action = found[0]?.fix?.action;
    expect(action === undefined ? null : writeFix('mysql', action)).toMatchObject({
      statements: [`DROP TABLE \`${to.name}\`.\`_orders_gho\``],
      isSafe: false,
    });
  });

  it('fail where a trigger acts, and are a note where the source has it too, until the switch', async () => {
    const trigger = 'CREATE TRIGGER pt_osc_x_orders_ins AFTER INSERT ON orders FOR EACH ROW SET @seen = 1';
    await to.run(trigger);
    const isTrigger = ({ subject }: { subject: string }) => subject.startsWith('trigger ');
    const levels = async (phase: 'preflight' | 'cutover' | 'after') =>
      (await ask(phase)).filter(isTrigger).map(({ level }) => level);
    expect(await levels('preflight')).toEqual(['warning']);
    expect(await levels('cutover')).toEqual(['failed']);
    await from.run(trigger);
    expect(await levels('cutover')).toEqual(['warning', 'note']);
    expect(await levels('after')).toEqual(['failed']);
  });

  it('are not checked where triggers are hidden', async () => {
    const name = `blind_${to.name.slice(-8)}`;
    await to.run(`CREATE USER ${name}@'%' IDENTIFIED BY 'x7'; GRANT SELECT ON ${to.name}.* TO ${name}@'%'`);
    try {
      const url = new URL(to.url);
      [url.username, url.password] = [name, 'x7'];
      const found = await checkSides('leftovers', { source: from.url, target: url.href });
      expect(found.filter(({ subject }) => subject === 'target')).toMatchObject([
        { level: 'not-checked', advice: `GRANT TRIGGER ON \`${to.name}\`.* TO '${name}'@'%'` },
      ]);
    } finally {
      await to.run(`DROP USER ${name}@'%'`);
    }
  });
});

describe.runIf(availableEngines().includes('postgresql'))('leftovers of PostgreSQL', () => {
  const from = useDatabase('postgresql');
  const to = useDatabase('postgresql');
  const ask = (phase: 'preflight' | 'cutover' | 'after') =>
    checkSides('leftovers', { source: from.url, target: to.url, phase });
  /** As the guides have it. */
  const capture = `CREATE TABLE dts_ddl_command (ddl_text TEXT, id BIGSERIAL PRIMARY KEY, event TEXT, tag TEXT);
    CREATE FUNCTION dts_capture_ddl() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
      INSERT INTO dts_ddl_command (ddl_text, event, tag) VALUES (current_query(), tg_event, tg_tag); END $$;
    CREATE EVENT TRIGGER dts_intercept_ddl ON ddl_command_end EXECUTE PROCEDURE dts_capture_ddl()`;

  it('are the objects that capture schema changes, while they are there', async () => {
    for (const database of [from, to]) await database.run('CREATE TABLE t (id INT PRIMARY KEY)');
    await from.run(capture);
    expect(brief(await ask('cutover'))).toEqual([
      'note event-trigger dts_intercept_ddl: was left on the source by the capture of schema changes, and is on',
    ]);
    await to.run(`${capture}; CREATE PUBLICATION dts_sync_1`);
    const found = await ask('after');
    expect(found.map(({ level, subject }) => `${level} ${subject}`)).toEqual([
      'failed event-trigger dts_intercept_ddl',
      'note function public.dts_capture_ddl',
      'note public.dts_ddl_command',
      'note publication dts_sync_1',
    ]);
    expect((await ask('cutover')).some(({ subject }) => subject.startsWith('publication'))).toBe(false);
    const statements = found
      .flatMap(({ fix }) => (fix === null ? [] : [fix.action]))
      .flatMap((action) => writeFix('postgres', action)?.statements ?? []);
    expect(statements).toEqual([
      'DROP EVENT TRIGGER "dts_intercept_ddl"',
      'DROP FUNCTION "public"."dts_capture_ddl"()',
      'DROP TABLE "public"."dts_ddl_command"',
      'DROP PUBLICATION "dts_sync_1"',
    ]);
    for (const statement of statements) await to.run(statement);
    expect(brief(await ask('after'))).toEqual([]);
  });

  it('are what a file of the user names', async () => {
    await to.run('CREATE TABLE "t_our copy" (id INT); CREATE TABLE "we""ird" (id INT)');
    const context = await readSides({ source: from.url, target: to.url });
    const own = parseLeftoverPatterns(
      '# ours\n\ntable {table}_our* the old copier\ntable t_our* our copier\ntable we"* x',
    );
    const found = leftovers.find({ ...context, leftovers: own });
    expect(found.map(({ subject }) => subject)).toContain('public.t_our copy');
    const action = found.find(({ subject }) => subject === 'public.we"ird')?.fix?.action;
    expect(action === undefined ? null : writeFix('postgres', action)?.statements).toEqual([
      'DROP TABLE "public"."we""ird"',
    ]);
  });
});

describe('patterns of leftovers', () => {
  const tables = new Set(['a', 'orders']);
  it.each([
    ['_orders_gho', '_{table}_gho', true],
    ['_order_gho', '_{table}_gho', false],
    ['__gho', '_{table}_gho', false],
    ['pt_osc_a_ins', 'pt_osc_*', true],
    ['pt_os', 'pt_osc_*', false],
    ['abcabc', 'a*c', true],
    ['ab', 'ab*b', false],
    ['xxxxxxxxxx', '*x*x*x*x*x*x*y', false],
  ])('say of %s and %s: %s', (name, pattern, fits) => expect(fitsPattern(name, pattern, tables)).toBe(fits));

  it.each(['table', 'table x', 'tables x y', 'table * everything'])('refuse the line %s', (line) =>
    expect(() => parseLeftoverPatterns(`# one\n${line}`)).toThrow('Line 2'),
  );
});
