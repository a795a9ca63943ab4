import { beforeAll, describe, expect, it } from 'vitest';
import { CHECKS } from '../../src/checks/list.js';
import type { Phase } from '../../src/core/gate/check.js';
import { availableEngines, fewEnginePairs, useDatabase } from '../support/database.js';
import { brief, checkSides, readSides } from '../support/gate/check-sides.js';

const TABLES =
  'CREATE TABLE a (id INT PRIMARY KEY, v VARCHAR(20)); CREATE TABLE b (id INT PRIMARY KEY, v VARCHAR(20))';
const LOSE = 'CREATE RULE lose AS ON INSERT TO b DO INSTEAD NOTHING';
const COPY = "CREATE RULE copy AS ON INSERT TO a DO ALSO INSERT INTO b VALUES (NEW.id, 'Hunter2pw')";
const PHASES: readonly Phase[] = ['preflight', 'cutover', 'after'];

describe.runIf(availableEngines().includes('postgresql'))('rules of PostgreSQL', () => {
  const from = useDatabase('postgresql');
  const to = useDatabase('postgresql');
  const ask = async (phase: Phase = 'cutover') =>
    checkSides('rules', { source: from.url, target: to.url, phase });
  const levels = async () => {
    const context = await readSides({ source: from.url, target: to.url });
    const check = CHECKS.find(({ id }) => id === 'rules');
    return PHASES.map((phase) => check?.find({ ...context, phase })[0]?.level ?? 'passed');
  };

  beforeAll(async () => {
    for (const database of [from, to]) await database.run(TABLES);
  });

  it('fail where the target alone loses what is written', async () => {
    await to.run(LOSE);
    // What the check says does come to pass.
    await to.run("INSERT INTO b VALUES (1, 'a')");
    expect(await to.query('SELECT id FROM b')).toEqual([]);
    expect(await levels()).toEqual(['failed', 'failed', 'failed']);
    expect(await ask()).toMatchObject([
      {
        subject: 'public.b.lose',
        evidence: 'on insert, in place of the statement on the target; the source has no such rule',
        consequence: 'what the application writes is lost, or goes elsewhere, without an error',
      },
    ]);
    await to.run('ALTER TABLE b DISABLE RULE lose');
    expect(await ask()).toEqual([]);
  });

  it('pass where both sides have them, and fail where the source has them switched off', async () => {
    await from.run(LOSE);
    expect(await levels()).toEqual(['note', 'note', 'warning']);
    await to.run('ALTER TABLE b ENABLE RULE lose');
    expect(await levels()).toEqual(['passed', 'passed', 'passed']);
    await from.run('ALTER TABLE b DISABLE RULE lose');
    expect(await levels()).toEqual(['failed', 'failed', 'warning']);
    expect(brief(await ask())).toEqual([
      'failed public.b.lose: on insert, in place of the statement on the target; it is switched off on the source',
    ]);
    await from.run('DROP RULE lose ON b');
    await to.run('DROP RULE lose ON b');
  });

  it('are missed where the target lacks them, and compared by what they say, which is never shown', async () => {
    await from.run(COPY);
    expect(await levels()).toEqual(['warning', 'failed', 'failed']);
    expect(brief(await ask())).toEqual([
      'failed public.a.copy: on insert, beside the statement on the source; the target has no such rule',
    ]);
    await to.run(COPY.replace('Hunter2pw', 'Hunter3pw'));
    const differing = await ask();
    expect(brief(differing)).toEqual(['warning public.a.copy: its definition reads otherwise on the target']);
    expect(JSON.stringify(differing)).not.toContain('Hunter');
    await to.run(`DROP RULE copy ON a; ${COPY.replace('ALSO', 'INSTEAD')}`);
    expect(brief(await ask())).toEqual([
      'failed public.a.copy: on insert, beside the statement on the source, in place of it on the target',
    ]);
    // The same rule by another name is the same.
    await to.run(`DROP RULE copy ON a; ${COPY.replace('copy', '"mirror"')}`);
    expect(await ask()).toEqual([]);
    await from.run('DROP RULE copy ON a');
    await to.run('DROP RULE mirror ON a');
  });

  it('are found whatever they and their tables are called', async () => {
    const rule = (name: string) =>
      `CREATE TABLE "o'r ""TO b DO\\" (id INT PRIMARY KEY); CREATE RULE "${name}" AS ON DELETE TO "o'r ""TO b DO\\" WHERE OLD.id > 3 DO INSTEAD NOTHING`;
    const name = `lo"" AS\n ON INSERT TO x; DROP TABLE b; --'$$`;
    // Partners by what they say, which begins behind the names.
    const other = name.replace('x;', 'y; z');
    for (const database of [from, to]) await database.run(rule(database === to ? other : name));
    expect(await ask()).toEqual([]);
    await from.run(`DROP RULE "${name}" ON "o'r ""TO b DO\\"`);
    expect((await ask())[0]).toMatchObject({
      level: 'failed',
      subject: `public.o'r "TO b DO\\.${other.replace('""', '"')}`,
    });
  });

  it('are not checked where the account may not see them', async () => {
    const account = `blind_${to.name.slice(-8)}`;
    const url = new URL(to.url);
    url.username = account;
    url.password = 'x7';
    await to.run(`CREATE ROLE ${account} LOGIN PASSWORD 'x7'; GRANT SELECT ON a, b TO ${account};
      REVOKE SELECT ON pg_rewrite FROM PUBLIC`);
    try {
      const found = await checkSides('rules', { source: from.url, target: url.href });
      expect(found).toMatchObject([
        {
          level: 'not-checked',
          subject: 'target',
          evidence: expect.stringMatching(/^the rules of the target are not known: .*pg_rewrite/),
        },
      ]);
    } finally {
      await to.run(
        `GRANT SELECT ON pg_rewrite TO PUBLIC; REVOKE ALL ON a, b FROM ${account}; DROP ROLE ${account}`,
      );
    }
  });
});

describe.each(
  fewEnginePairs().filter(({ source, target }) => [source, target].some((each) => each !== 'postgresql')),
)('rules of $source beside $target', ({ source, target }) => {
  const from = useDatabase(source);
  const to = useDatabase(target);
  const ask = () => checkSides('rules', { source: from.url, target: to.url });

  it('have no partner on servers that know none', async () => {
    for (const database of [from, to]) await database.run(TABLES);
    if (source !== 'postgresql' && target !== 'postgresql') {
      expect((await ask()).map(({ level }) => level)).toEqual(['not-applicable', 'not-applicable']);
      return;
    }
    expect(await ask()).toEqual([]);
    await (source === 'postgresql' ? from : to).run(LOSE);
    expect((await ask()).map(({ level }) => level)).toEqual(['failed']);
  });
});
