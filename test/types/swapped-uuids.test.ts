import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { compare, listDifferences, tableResult } from '../app/compare.js';
import { availableEngines, type TestEngine, useDatabase } from '../support/database.js';

const UUIDS = ['6ccd780c-baba-1026-9564-5b8c656024db', ...Array.from({ length: 50 }, () => randomUUID())];
const hexOf = (uuid: string): string => uuid.replaceAll('-', '');
const swap = (uuid: string): string => {
  const [low = '', middle = '', high = '', ...rest] = uuid.split('-');
  return `${high}${middle}${low}${rest.join('')}`;
};

/** How a column holds UUIDs, and how many of its kind there are. */
const FORMS = {
  swapped: { type: 'binary(16)', write: (uuid: string) => `x'${swap(uuid)}'` },
  bytes: { type: 'binary(16)', write: (uuid: string) => `x'${hexOf(uuid)}'` },
  text: { type: 'char(36)', write: (uuid: string) => `'${uuid}'` },
  native: { type: 'uuid', write: (uuid: string) => `'${uuid}'` },
} as const;
type Form = keyof typeof FORMS;

const FORMS_OF: Readonly<Record<TestEngine, readonly Form[]>> = {
  mysql: ['swapped', 'bytes', 'text'],
  mariadb: ['swapped', 'bytes', 'text', 'native'],
  postgresql: ['text', 'native'],
};

const PAIRS = availableEngines().flatMap((one) =>
  one === 'postgresql' ? [] : availableEngines().map((other) => ({ one, other })),
);

describe.each(PAIRS)('swapped UUIDs of $one', ({ one, other }) => {
  const swapped = useDatabase(one);
  const plain = useDatabase(other);
  const forms = FORMS_OF[other].filter((form) => form !== 'swapped');

  beforeAll(async () => {
    const rows = (form: Form): string =>
      UUIDS.map((uuid, id) => `(${id}, ${forms.map(() => FORMS[form].write(uuid)).join(', ')})`).join(', ');
    await swapped.run(
      `CREATE TABLE held (id int PRIMARY KEY, ${forms.map((form) => `${form}_id binary(16)`).join(', ')});
       INSERT INTO held VALUES ${rows('swapped')}`,
    );
    const columns = forms.map((form) => `${form}_id ${FORMS[form].type}`).join(', ');
    const values = UUIDS.map(
      (uuid, id) => `(${id}, ${forms.map((form) => FORMS[form].write(uuid)).join(', ')})`,
    );
    await plain.run(
      `CREATE TABLE held (id int PRIMARY KEY, ${columns}); INSERT INTO held VALUES ${values.join(', ')}`,
    );
    await swapped.run(`UPDATE held SET ${forms[0]}_id = x'00000000000000000000000000000001' WHERE id = 7`);
  });

  it.each(['source', 'target'] as const)(`equal those of ${other} as the %s, but for one`, async (side) => {
    const flags = { 'uuid-swap': forms.map((form) => `held.${form}_id:${side}`) };
    const sides = side === 'source' ? { source: swapped, target: plain } : { source: plain, target: swapped };
    const run = await compare({ ...sides, flags });
    expect(listDifferences(run)).toEqual([`changed 7 ${forms[0]}_id`]);
    expect(run.result.scope.assumptions.map(({ remarks }) => remarks)).toEqual(
      forms.map(() => [`swapped UUIDs on the ${side}`]),
    );
  });

  it('differ without the flag in every row', async () => {
    const run = await compare({ source: swapped, target: plain });
    const held = tableResult(run, 'held');
    expect(held.changed).toBe(UUIDS.length);
  });
});

describe('a swapped UUID', () => {
  const source = useDatabase('mariadb');
  const target = useDatabase('postgresql');

  it('needs no side where only one is binary(16), and is no key to walk by', async () => {
    const rows = (form: Form): string => UUIDS.map((uuid) => `(${FORMS[form].write(uuid)}, 1)`).join(', ');
    await source.run(
      `CREATE TABLE own (id binary(16) PRIMARY KEY, n int); INSERT INTO own VALUES ${rows('swapped')}`,
    );
    await target.run(
      `CREATE TABLE own (id uuid PRIMARY KEY, n int); INSERT INTO own VALUES ${rows('native')}`,
    );
    const own = tableResult(await compare({ source, target, flags: { 'uuid-swap': '*.id' } }), 'own');
    expect(own).toMatchObject({ verdict: 'verified', strategy: 'bucket', key: [] });
  });
});

describe('sixteen bytes', () => {
  const source = useDatabase('mariadb');
  const target = useDatabase('postgresql');

  it('are walked as a key against text of 36 characters, in both directions', async () => {
    const rows = (form: Form): string =>
      UUIDS.map((uuid, n) => `(${FORMS[form].write(uuid)}, ${n})`).join(', ');
    await source.run(
      `CREATE TABLE own (id binary(16) PRIMARY KEY, n int); INSERT INTO own VALUES ${rows('bytes')}`,
    );
    await target.run(`CREATE TABLE own (id char(36) COLLATE "C" PRIMARY KEY, n int); INSERT INTO own VALUES ${rows('text')};
      UPDATE own SET n = -1 WHERE n = 0`);
    for (const sides of [
      { source, target },
      { source: target, target: source },
    ]) {
      const run = await compare({ ...sides, flags: { 'chunk-rows': '7' } });
      expect(tableResult(run, 'own')).toMatchObject({ changed: 1, missing: 0, extra: 0, findings: [] });
    }
  });
});

describe.runIf(availableEngines().includes('mysql'))("MySQL's own UUID_TO_BIN", () => {
  const source = useDatabase('mysql');

  it('swaps as these tests do', async () => {
    const rows = await source.query(
      UUIDS.map((uuid) => `SELECT LOWER(HEX(UUID_TO_BIN('${uuid}', 1)))`).join(' UNION ALL '),
    );
    expect(rows.map(([hex]) => hex)).toEqual(UUIDS.map(swap));
  });
});
