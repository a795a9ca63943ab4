import { beforeAll, describe, expect, it } from 'vitest';
import { describeGrants } from '../../src/app/gate/gate-grants.js';
import { resolveFlags } from '../../src/config/resolve-flags.js';
import { formatGrants } from '../../src/report/gate/gate-grants-text.js';
import { useDatabase } from '../support/database.js';
import { brief, checkSides } from '../support/gate/check-sides.js';

describe('the least grants of a gate', () => {
  const source = useDatabase('postgresql');
  const role = `"gate ""${source.name.slice(-8)}"`;
  const ask = () => {
    const url = new URL(source.url);
    [url.username, url.password] = [encodeURIComponent(role.slice(1, -1).replaceAll('""', '"')), 'x7'];
    return { source: url.href, target: source.url.replace(/$/, '?schema=copy') };
  };

  beforeAll(async () => {
    await source.run(
      `CREATE SCHEMA copy; CREATE SCHEMA other; CREATE SEQUENCE other.numbers;
       CREATE TABLE t (id INT PRIMARY KEY DEFAULT nextval('other.numbers')); CREATE TABLE copy.t (id INT PRIMARY KEY);
       CREATE ROLE ${role} LOGIN PASSWORD 'x7'; GRANT SELECT ON t TO ${role}`,
    );
  });

  it('let an account see what it could not, sequences of other schemas too', async () => {
    const before = brief(await checkSides('number-rules', { ...ask(), phase: 'preflight' }));
    const { source: from, target } = ask();
    const sides = await describeGrants(resolveFlags({ source: from, target }));
    const own = sides.find(({ side }) => side === 'source');
    await source.run((own?.grants ?? []).map(({ statement }) => statement).join('; '));
    const after = await checkSides('writers', { source: from, target, phase: 'preflight' });
    expect(after.filter(({ level }) => level === 'not-checked')).toEqual([]);
    expect(before).not.toEqual([]);
    expect(own?.grants.map(({ statement }) => statement)).toContain(
      `GRANT SELECT ON SEQUENCE "other"."numbers" TO ${role}`,
    );
    expect(formatGrants(sides)).toMatch(/^-- source: PostgreSQL at postgres/);
    await source.run(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  });
});
