import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHECKS } from '../../src/checks/list.js';
import { pairTriggers } from '../../src/checks/triggers/paired-triggers.js';
import type { CheckFinding } from '../../src/core/gate/check.js';
import type { TriggerFacts } from '../../src/core/gate/trigger-facts.js';
import {
  availableEngines,
  fewEnginePairs,
  type TestDatabase,
  type TestEngine,
  useDatabase,
} from '../support/database.js';
import { brief, checkSides, type GateAsk, readSides } from '../support/gate/check-sides.js';
import { startMariadbReplica } from '../support/replication/mysql-replica.js';
import { type ReplicationPair, waitUntil } from '../support/replication/pair.js';
import { startPostgresqlSubscriber } from '../support/replication/postgresql-replica.js';

const TABLES = `CREATE TABLE parent (id INT PRIMARY KEY, v VARCHAR(20));
  CREATE TABLE child (id INT, parent_id INT, v VARCHAR(20))`;
/** The case of the guides: each row of `parent` has the trigger write one of `child`. */
const TRIGGER: Readonly<Record<'mysql' | 'postgresql', string>> = {
  mysql:
    'CREATE TRIGGER fill AFTER INSERT ON parent FOR EACH ROW INSERT INTO child VALUES (NEW.id + 100, NEW.id, NEW.v)',
  postgresql: `CREATE FUNCTION fill() RETURNS trigger LANGUAGE plpgsql
    AS 'BEGIN INSERT INTO public.child VALUES (NEW.id + 100, NEW.id, NEW.v); RETURN NEW; END';
    CREATE TRIGGER fill AFTER INSERT ON parent FOR EACH ROW EXECUTE PROCEDURE fill()`,
};
const triggerOf = (engine: TestEngine): string => TRIGGER[engine === 'postgresql' ? engine : 'mysql'];
const DROP = (engine: TestEngine): string =>
  engine === 'postgresql' ? 'DROP FUNCTION fill CASCADE' : 'DROP TRIGGER fill';

const HEALTHY = CHECKS.filter(({ group }) => ['schema', 'triggers', 'accounts'].includes(group));

/** What checks of these groups say of a pair that should be told nothing of. */
async function findAlarms(ask: GateAsk): Promise<string[]> {
  const context = await readSides(ask);
  const found = HEALTHY.flatMap((check): readonly CheckFinding[] => check.find(context));
  return brief(found.filter(({ level }) => level !== 'note' && level !== 'not-applicable'));
}

describe.each(fewEnginePairs())(
  'triggers of $source and $target that nothing replicates between',
  ({ source, target }) => {
    const from = useDatabase(source);
    const to = useDatabase(target);
    const at = target === 'postgresql' ? 'public' : to.name;
    const ask = async (id: string, phase: GateAsk['phase']) =>
      checkSides(id, { source: from.url, target: to.url, ...(phase !== undefined && { phase }) });
    const levels = async (id: string) => {
      const context = await readSides({ source: from.url, target: to.url });
      const check = CHECKS.find((each) => each.id === id);
      return (['preflight', 'cutover', 'after'] as const).map(
        (phase) => check?.find({ ...context, phase })[0]?.level,
      );
    };

    beforeAll(async () => {
      for (const database of [from, to]) await database.run(TABLES);
      await from.run(triggerOf(source));
    });

    it('are missed where they are not on the target', async () => {
      const [found] = await ask('triggers', 'after');
      expect(found).toMatchObject({
        level: 'failed',
        subject: `${at}.parent.fill`,
        evidence: 'after insert on the source; the target has no such trigger',
      });
      // Where they cannot be switched off they are created at the switch.
      expect(await levels('triggers')).toEqual(
        target === 'postgresql' ? ['warning', 'failed', 'failed'] : ['note', 'warning', 'failed'],
      );
    });

    it('fire twice for whoever applies changes as a client, which a preflight fails for', async () => {
      await to.run(triggerOf(target));
      expect(await levels('triggers-twice')).toEqual(['failed', 'warning', 'warning']);
      const [found] = await ask('triggers-twice', 'preflight');
      expect(found).toMatchObject({
        subject: `${at}.parent.fill`,
        evidence: expect.stringMatching(/^after insert, on both sides; .*INSERT INTO (public.)?child/),
        consequence: 'what it writes comes twice: by replication, and by itself',
        fix: { action: { kind: 'disable-trigger', table: 'parent', name: 'fill' } },
      });
      expect(await ask('triggers', 'cutover')).toEqual([]);
    });

    it('warn where the target alone has them', async () => {
      await from.run(DROP(source));
      expect(brief(await ask('triggers', 'cutover'))).toEqual([
        `warning ${at}.parent.fill: after insert on the target; the source has no such trigger`,
      ]);
      expect(await ask('triggers-twice', 'preflight')).toEqual([]);
    });
  },
);

describe('triggers of one table', () => {
  const trigger = (name: string, ...events: string[]): TriggerFacts => ({
    ...{
      table: 't',
      name,
      timing: 'after',
      events,
      firing: 'origin',
      columns: [],
      isForStatements: false,
      condition: null,
      body: null,
      definition: null,
    },
  });
  const pair = (source: TriggerFacts[], target: TriggerFacts[]) => {
    const { pairs, onSource, onTarget } = pairTriggers(source, target);
    const lone = (found: typeof onSource) =>
      found.map(({ trigger: { name }, events }) => `${name} ${events.join()}`);
    return {
      pairs: pairs.map((each) => `${each.source.name}=${each.target.name}`),
      onSource: lone(onSource),
      onTarget: lone(onTarget),
    };
  };

  it('are not taken one for two', () => {
    const [a, b, c] = [trigger('a', 'insert'), trigger('b', 'insert'), trigger('c', 'insert')];
    expect(pair([a, b], [trigger('b', 'insert')])).toEqual({
      pairs: ['b=b'],
      onSource: ['a insert'],
      onTarget: [],
    });
    expect(pair([a, b], [c]).onSource).toEqual(['b insert']);
    expect(pair([a], [b, c]).onTarget).toEqual(['c insert']);
  });

  it('are several in the place of one where servers take one event each', () => {
    const [both, insert, update] = [
      trigger('fill', 'insert', 'update'),
      trigger('fill', 'insert'),
      trigger('fill_u', 'update'),
    ];
    const nothing = { onSource: [], onTarget: [] };
    expect(pair([both], [insert, update])).toEqual({ pairs: ['fill=fill', 'fill=fill_u'], ...nothing });
    expect(pair([update, insert], [both])).toEqual({ pairs: ['fill=fill', 'fill_u=fill'], ...nothing });
    expect(pair([both], [insert]).onSource).toEqual(['fill update']);
  });
});

describe.runIf(availableEngines().includes('postgresql'))(
  'triggers of PostgreSQL that fire for some changes',
  () => {
    const from = useDatabase('postgresql');
    const to = useDatabase('postgresql');
    const COLUMN = 'parent.v WHEN (1) EXECUTE FUNCTION';
    const create = (when: string, { on = 'UPDATE', each = 'ROW' } = {}) =>
      `DROP TRIGGER IF EXISTS "f FOR EACH ROW WHEN (x" ON parent; CREATE TRIGGER "f FOR EACH ROW WHEN (x" AFTER ${on} ON parent
     FOR EACH ${each} ${when} EXECUTE PROCEDURE fill()`;
    const say = async (source: string, target: string) => {
      await from.run(source);
      await to.run(target);
      const found = await checkSides('triggers', { source: from.url, target: to.url });
      expect(JSON.stringify(found)).not.toContain('Hunter');
      return brief(found).map((line) => line.replace('warning public.parent.f FOR EACH ROW WHEN (x: ', ''));
    };

    beforeAll(async () => {
      for (const database of [from, to])
        await database.run(
          `${TABLES}; ALTER TABLE parent ADD "${COLUMN}" INT; ${TRIGGER.postgresql}; DROP TRIGGER fill ON parent`,
        );
      await to.run('ALTER TABLE parent ADD extra INT');
    });

    it('warn where the columns are other ones, and not of columns that one side lacks', async () => {
      const [both, one] = [create('', { on: 'UPDATE OF id, v' }), create('', { on: 'UPDATE OF v' })];
      expect(await say(both, both)).toEqual([]);
      expect(await say(both, one)).toEqual([
        'on the source it fires on updates of id, v, on the target of v',
      ]);
      expect(await say(create(''), one)).toEqual([
        'on the source it fires on updates of any column, on the target of v',
      ]);
      expect(await say(one, create('', { on: 'UPDATE OF v, extra' }))).toEqual([]);
    });

    it('warn where the condition is another one, or none', async () => {
      const when = create(
        `WHEN (NEW.v = ') EXECUTE FUNCTION Hunter2pw' AND (NEW.id > 3 OR NEW."${COLUMN}" > 3))`,
      );
      const otherwise = ['its condition reads otherwise on the target'];
      expect(await say(when, when)).toEqual([]);
      expect(await say(when, when.replace('Hunter2', 'Hunter3'))).toEqual(otherwise);
      expect(await say(when, when.replace('NEW.id', 'OLD.id'))).toEqual(otherwise);
      expect(await say(when, when.replace('AND (NEW', 'AND NEW').replace('3))', '3)'))).toEqual(otherwise);
      expect(await say(when, create(''))).toEqual([
        'it has a condition on the source, and none on the target',
      ]);
      expect(await say(create(''), when)).toEqual(['it has a condition on the target alone']);
      expect(await say(create(''), create('', { each: 'STATEMENT' }))).toEqual([
        'once for each row on the source, for each statement on the target',
      ]);
      // A column of another text type brings a cast along, which changes nothing.
      await to.run('DROP TRIGGER "f FOR EACH ROW WHEN (x" ON parent; ALTER TABLE parent ALTER v TYPE text');
      expect(await say(when, when)).toEqual([]);
    });
  },
);

/** Literals of every spelling, and names with the same letters beside them, which stay. */
const SECRETS: Readonly<Record<'mysql' | 'postgresql', string>> = {
  mysql: `CREATE TRIGGER fill AFTER INSERT ON parent FOR EACH ROW
    INSERT INTO child (id, v) VALUES (4711, CONCAT('Hunter2pw', "Hunter3pw", X'48756E746572347077' /* Hunter5pw */))`,
  postgresql: `CREATE FUNCTION fill() RETURNS trigger LANGUAGE plpgsql AS $fn$ BEGIN -- Hunter5pw
    PERFORM dblink_exec('host=h password=Hunter2pw', $$Hunter3pw$$, $q$Hunter4pw$q$, E'Hunter6pw', 4711);
    RETURN NEW; END $fn$;
    CREATE TRIGGER fill AFTER INSERT ON parent FOR EACH ROW EXECUTE PROCEDURE fill('Hunter7pw')`,
};
const AMBIGUOUS: Readonly<Record<'mysql' | 'postgresql', string>> = {
  mysql: `CREATE TRIGGER fill AFTER INSERT ON parent FOR EACH ROW INSERT INTO child (v) VALUES ('a\\'Hunter2pw')`,
  postgresql: SECRETS.postgresql.replace("E'Hunter6pw'", "E'a\\'Hunter6pw'"),
};

describe.each(availableEngines())('triggers of %s with passwords in them', (engine) => {
  const from = useDatabase(engine);
  const to = useDatabase(engine);
  const kind = engine === 'postgresql' ? engine : 'mysql';
  const tell = async () => {
    const context = await readSides({ source: from.url, target: to.url, phase: 'preflight' });
    const found = CHECKS.filter(({ group }) => group === 'triggers').flatMap((check) => check.find(context));
    return found.filter(({ level }) => level !== 'not-applicable');
  };

  it('are told of without a literal, and compared with them', async () => {
    for (const database of [from, to]) await database.run(`${TABLES}; ${SECRETS[kind]}`);
    const [found, ...others] = await tell();
    expect(others).toEqual([]);
    const shown = { postgresql: 'dblink_exec(?, ?, ?, ?, ?)', mariadb: 'CONCAT(?, ?, ?', mysql: '' }[engine];
    if (shown === '') expect(found?.evidence).not.toContain('it does');
    else expect(found?.evidence).toContain(shown);
    expect(JSON.stringify(found)).not.toMatch(/Hunter|4875|4711/);
    await to.run(`${DROP(engine)}; ${SECRETS[kind].replace('4711', '4712')}`);
    const differing = await tell();
    expect(brief(differing)[0]).toMatch('its definition reads otherwise on the target');
    expect(JSON.stringify(differing)).not.toMatch(/Hunter|4875|471[12]/);
  });

  it('are not shown where it hangs on settings where a literal ends', async () => {
    for (const database of [from, to]) await database.run(`${DROP(engine)}; ${AMBIGUOUS[kind]}`);
    const found = await tell();
    expect(found.map(({ level }) => level)).toEqual(['failed']);
    expect(JSON.stringify(found)).not.toMatch(/Hunter|pw/);
  });
});

describe.runIf(availableEngines().includes('postgresql'))(
  'triggers of PostgreSQL that are switched off',
  () => {
    const from = useDatabase('postgresql');
    const to = useDatabase('postgresql');
    const ask = (phase: 'preflight' | 'cutover' | 'after') =>
      checkSides('triggers', { source: from.url, target: to.url, phase });

    it('are right until the switch where a client applies changes, and fail after it', async () => {
      for (const database of [from, to]) await database.run(`${TABLES}; ${TRIGGER.postgresql}`);
      await to.run('ALTER TABLE parent DISABLE TRIGGER fill');
      expect(brief(await ask('cutover'))).toEqual(['note public.parent.fill: it is disabled on the target']);
      expect(await ask('after')).toMatchObject([
        { level: 'failed', fix: { action: { kind: 'enable-trigger', table: 'parent', name: 'fill' } } },
      ]);
      await from.run('ALTER TABLE parent DISABLE TRIGGER fill');
      expect(await ask('after')).toEqual([]);
    });
  },
);

describe.each(availableEngines().filter((engine) => engine !== 'postgresql'))('triggers of %s', (engine) => {
  const from = useDatabase(engine);
  const to = useDatabase(engine);
  const account = `blind_${from.name.slice(-8)}`;
  const urlOf = ({ url }: TestDatabase): string => {
    const own = new URL(url);
    own.username = account;
    own.password = 'blind';
    return own.href;
  };

  afterAll(() => from.run(`DROP USER '${account}'@'%'`));

  it('are not checked where the account may not see them', async () => {
    await from.run(`${TABLES}; ${TRIGGER.mysql}; CREATE USER '${account}'@'%' IDENTIFIED BY 'blind'`);
    await to.run(TABLES);
    for (const { name } of [from, to]) await from.run(`GRANT SELECT ON ${name}.* TO '${account}'@'%'`);
    for (const id of ['triggers', 'triggers-twice']) {
      const found = await checkSides(id, { source: urlOf(from), target: urlOf(to) });
      expect(found.map(({ level, subject }) => `${level} ${subject}`)).toEqual([
        'not-checked source',
        'not-checked target',
      ]);
      expect(found[0]?.advice).toBe(
        `GRANT TRIGGER ON \`${from.name}\`.* TO ${found[0]?.advice.split(' TO ')[1]}`,
      );
    }
  });
});

/** How many rows of `child` the target has, once it has all of `parent`. */
async function countChildren(pair: ReplicationPair, schema: string, parents: number): Promise<number> {
  const count = async (table: string): Promise<number> =>
    Number((await pair.onTarget.query(`SELECT COUNT(*) FROM ${schema}.${table}`))[0]?.[0]);
  await waitUntil('the target has the rows', async () => (await count('parent')) >= parents);
  await waitUntil('the target has their children', async () => (await count('child')) >= parents);
  return count('child');
}

describe('triggers of a MariaDB that follows another one', () => {
  let pair: ReplicationPair;
  beforeAll(async () => {
    pair = await startMariadbReplica({ sourceArgs: ['--binlog-format=ROW'] });
  });
  afterAll(() => pair.stop());

  it('do no harm where rows fire none, and are found where they are told to fire', async () => {
    await pair.onSource.run(`${TABLES}; ${TRIGGER.mysql}; INSERT INTO parent VALUES (1, 'a')`);
    expect(await countChildren(pair, 'shop', 1)).toBe(1);
    const ask = { source: pair.source, target: pair.target };
    expect(await findAlarms(ask)).toEqual([]);
    const setTriggers = (word: string) =>
      pair.onTarget.run(`STOP SLAVE; SET GLOBAL slave_run_triggers_for_rbr = '${word}'; START SLAVE`);
    // Rows whose trigger has fired on the source are marked, and fire it again only where that is enforced.
    await setTriggers('YES');
    expect(await checkSides('triggers-twice', ask)).toEqual([]);
    await setTriggers('ENFORCE');
    const [found] = await checkSides('triggers-twice', ask);
    expect(found).toMatchObject({ level: 'failed', subject: 'shop.parent.fill' });
    expect(found?.evidence).toContain('slave_run_triggers_for_rbr is ENFORCE');
    // What the check says does come to pass.
    await pair.onSource.run(
      "CREATE TRIGGER mark BEFORE INSERT ON parent FOR EACH ROW SET NEW.v = CONCAT(NEW.v, '!')",
    );
    await pair.onSource.run("INSERT INTO parent VALUES (2, 'b')");
    await countChildren(pair, 'shop', 2);
    expect(await pair.onTarget.query('SELECT v FROM shop.parent WHERE id = 2')).toEqual([['b!!']]);
    expect(await pair.onSource.query('SELECT v FROM shop.parent WHERE id = 2')).toEqual([['b!']]);
    // One of the target alone is fired by statements, and by no rows.
    await setTriggers('NO');
    await pair.onSource.run('SET sql_log_bin = 0; DROP TRIGGER fill; DROP TRIGGER mark');
    expect(await checkSides('triggers-twice', ask)).toEqual([]);
    await pair.onSource.run("SET GLOBAL binlog_format = 'STATEMENT'");
    expect(brief(await checkSides('triggers-twice', ask))).toEqual([
      expect.stringMatching(
        '^warning shop.parent.fill: after insert, on the target alone; the source writes statements',
      ),
      expect.stringMatching('^warning shop.parent.mark: before insert, on the target alone;'),
    ]);
  });
});

describe.runIf(availableEngines().includes('postgresql'))('triggers of a PostgreSQL that subscribes', () => {
  let pair: ReplicationPair;
  beforeAll(async () => {
    pair = await startPostgresqlSubscriber({
      tables: `${TABLES}; ALTER TABLE child REPLICA IDENTITY FULL; ${TRIGGER.postgresql}`,
    });
  });
  afterAll(() => pair.stop());

  it('do no harm as they are, and are found where they are enabled for replicas', async () => {
    const ask = { source: pair.source, target: pair.target };
    await pair.onSource.run("INSERT INTO parent VALUES (1, 'a')");
    expect(await countChildren(pair, 'public', 1)).toBe(1);
    expect(await findAlarms(ask)).toEqual([]);
    await pair.onTarget.run('ALTER TABLE parent ENABLE ALWAYS TRIGGER fill');
    const [found] = await checkSides('triggers-twice', ask);
    expect(found).toMatchObject({ level: 'failed', subject: 'public.parent.fill' });
    await pair.onSource.run("INSERT INTO parent VALUES (2, 'b')");
    await waitUntil('the trigger has fired too', async () => (await countChildren(pair, 'public', 2)) === 3);
    await pair.onTarget.run('ALTER TABLE parent ENABLE REPLICA TRIGGER fill');
    expect(brief(await checkSides('triggers', ask))).toEqual([
      'failed public.parent.fill: it fires on the target for replication alone',
    ]);
  });
});
