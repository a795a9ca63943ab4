import { beforeAll, describe, expect, it } from 'vitest';
import { compare, listDifferences, tableResult } from '../app/compare.js';
import { writeRepair } from '../repair/repair-round.js';
import { availableEngines, useDatabase } from '../support/database.js';

/** Documents with a scalar that is no JSON, and the text that a dump makes of each. */
const TYPED: readonly (readonly [string, string])[] = [
  ["JSON_OBJECT('at', DATE'2020-01-02')", '{"at": "2020-01-02"}'],
  ["JSON_OBJECT('at', TIME'10:00:00')", '{"at": "10:00:00.000000"}'],
  ["JSON_OBJECT('at', TIMESTAMP'2020-01-02 10:00:00')", '{"at": "2020-01-02 10:00:00.000000"}'],
  ["JSON_OBJECT('data', x'00ff')", '{"data": "base64:type15:AP8="}'],
  ["JSON_OBJECT('bits', b'101')", '{"bits": "base64:type15:BQ=="}'],
  ["JSON_ARRAY(JSON_OBJECT('deep', JSON_ARRAY(DATE'2020-01-02')))", '[{"deep": ["2020-01-02"]}]'],
  ["CAST(DATE'2020-01-02' AS JSON)", '"2020-01-02"'],
];
const PLAIN = ['{"n": 1.10}', '{"a": [true, null, 1e3, "2020-01-02"]}', '"text"', 'null', '[]'];
const DOCUMENTS = '(id int PRIMARY KEY, document json)';

describe.runIf(availableEngines().includes('mysql'))('documents with scalars that are no JSON', () => {
  const source = useDatabase('mysql');
  const target = useDatabase('mysql');
  const other = useDatabase('postgresql');

  beforeAll(async () => {
    const rows = [
      ...TYPED.map(([typed, text], i) => [i + 1, typed, `'${text}'`]),
      ...PLAIN.map((text, i) => [i + 101, `'${text}'`, `'${text}'`]),
      [200, 'NULL', 'NULL'],
      [
        300,
        "JSON_OBJECT('a', DATE'2020-01-02', 'b', '2020-01-02')",
        "JSON_OBJECT('a', '2020-01-02', 'b', DATE'2020-01-02')",
      ],
      [400, "JSON_OBJECT('n', 1.10)", "JSON_OBJECT('n', 1.1e0)"],
    ];
    for (const [database, column] of [
      [source, 1],
      [target, 2],
    ] as const) {
      await database.run(
        `CREATE TABLE dumped ${DOCUMENTS}; CREATE TABLE kept ${DOCUMENTS}; CREATE TABLE keyless (document json)`,
      );
      for (const row of rows) await database.run(`INSERT INTO dumped VALUES (${row[0]}, ${row[column]})`);
      for (const row of rows) await database.run(`INSERT INTO kept VALUES (${row[0]}, ${row[1]})`);
      await database.run(`INSERT INTO keyless VALUES (${rows[0]?.[column]})`);
    }
    const texts = [...TYPED.map(([, text]) => text), ...PLAIN];
    await other.run(`CREATE TABLE kept ${DOCUMENTS}`);
    await other.run(
      `INSERT INTO kept SELECT * FROM (VALUES ${texts.map((text, i) => `(${i < TYPED.length ? i + 1 : i - TYPED.length + 101}, '${text}'::json)`).join(', ')}, (200, NULL), (300, '{"a":"2020-01-02","b":"2020-01-02"}'), (400, '{"n":1.1}')) v`,
    );
  });

  it('differ from the strings that a dump makes of them, as the server says', async () => {
    const run = await compare({ source, target, flags: { tables: 'dumped' } });
    const unequal = await source.query(
      `SELECT s.id FROM dumped s JOIN ${target.name}.dumped t USING (id) WHERE s.document <> t.document ORDER BY s.id`,
    );
    expect(listDifferences(run)).toEqual(unequal.map(([id]) => `changed ${id} document`));
    expect(unequal).toHaveLength(TYPED.length + 1);
    const [root] = run.differences.filter(({ difference }) => difference.key?.id === String(TYPED.length));
    expect(root?.difference.source?.document).toBe(
      '"2020-01-02" /* has scalars that are no JSON: each of those that are in quotes */',
    );
  });

  it('differ without a key too', async () => {
    const run = await compare({ source, target, flags: { tables: 'keyless' } });
    expect(tableResult(run, 'keyless')).toMatchObject({ verdict: 'different', missing: 1, extra: 1 });
  });

  it('equal themselves', async () => {
    const run = await compare({ source, target, flags: { tables: 'kept' } });
    expect(run.result.verdict).toBe('verified');
  });

  it('equal their text where the other engine has nothing else', async () => {
    const run = await compare({ source, target: other, flags: { tables: 'kept' } });
    expect(run.result.verdict).toBe('verified');
    expect((await compare({ source: other, target: source, flags: { tables: 'kept' } })).result.verdict).toBe(
      'verified',
    );
  });

  it('are left alone by a repair that could only write their text', async () => {
    const written = await writeRepair({ source, target }, ['--tables', 'dumped']);
    try {
      expect(written.repair).toContain(
        'would get dates or bytes inside a document, which its text cannot say',
      );
      expect(written.repair).not.toMatch(/^UPDATE|UPDATE `/m);
    } finally {
      written.remove();
    }
  });

  it('are replaced by strings where the source has strings', async () => {
    const sides = { source: target, target: source };
    const written = await writeRepair(sides, ['--tables', 'dumped']);
    try {
      await written.apply('repair');
      const run = await compare({ ...sides, flags: { tables: 'dumped' } });
      expect(listDifferences(run)).toEqual(['changed 300 document']);
    } finally {
      written.remove();
    }
  });

  it('do not keep another change of their document from its repair', async () => {
    await other.run(`UPDATE kept SET document = '{"at": "2021-01-02"}' WHERE id = 1`);
    const sides = { source: other, target };
    const written = await writeRepair(sides, ['--tables', 'kept']);
    try {
      await written.apply('repair');
      expect((await compare({ ...sides, flags: { tables: 'kept' } })).differences).toEqual([]);
      await written.apply('undo');
      expect(listDifferences(await compare({ ...sides, flags: { tables: 'kept' } }))).toEqual([
        'changed 1 document',
      ]);
    } finally {
      written.remove();
    }
  });
});
