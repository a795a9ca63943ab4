import { copyFileSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { digestShares } from '../../src/app/plan-parts.js';
import { parseExact, stringifyExact } from '../../src/core/exact-json.js';
import type { PlannedShares } from '../../src/core/share.js';
import { digestPart } from '../../src/state/parts/part-digest.js';
import type { PartFile } from '../../src/state/parts/part-format.js';
import { useDatabase } from '../support/database.js';
import { runHere } from '../support/run-here.js';
import { comparable, listRows, openPartsFolder, type PartsFolder, partNames } from './parts-run.js';

const SECRET = 'hush-hush';

describe('parts of a run', () => {
  const source = useDatabase('mariadb');
  const target = useDatabase('postgresql');
  let folder: PartsFolder;
  const settings = 'chunkRows: 5\nworkers: 1\nseed: 7\n';
  const rows = Array.from({ length: 60 }, (_, id) => `(${id}, 'v')`).join();
  const rowsFileOf = (part: number): string => folder.path(readPart(part).differences.file);
  const readPart = (part: number): PartFile => parseExact(folder.read(`part-${part}.json`)) as PartFile;
  /** Changes a part as somebody would who also makes its digests anew. */
  const forge = (part: number, change: (part: PartFile) => PartFile): void => {
    const { digest: _, ...content } = change(readPart(part));
    const plan = { ...content.plan, id: digestShares(content.plan) };
    const forged = { ...content, plan };
    writeFileSync(
      folder.path(`part-${part}.json`),
      stringifyExact({ ...forged, digest: digestPart(forged) }),
    );
  };
  const codesOf = (result: { findings: readonly { code: string }[] } | undefined): string[] =>
    (result?.findings ?? []).map(({ code }) => code);

  beforeAll(async () => {
    for (const { run } of [source, target]) {
      await run(`CREATE TABLE orders (id int PRIMARY KEY, a varchar(20)); INSERT INTO orders VALUES ${rows}`);
      await run(`CREATE TABLE bag (a varchar(20)); INSERT INTO bag VALUES ('one'), ('two')`);
    }
    await source.run('ANALYZE TABLE orders');
    await target.run(`UPDATE orders SET a = '${SECRET}' WHERE id IN (11, 50)`);
  });
  beforeEach(async () => {
    await target.run(`UPDATE orders SET a = CASE WHEN id IN (11, 50) THEN '${SECRET}' ELSE 'v' END`);
    folder = openPartsFolder({ source, target }, settings);
    await folder.plan(3);
    return folder.remove;
  });

  it('of which one is missing leave its key ranges and tables unverified, by name', async () => {
    expect(await folder.parts(3)).toEqual([1, 0, 1]);
    const whole = await folder.merge(partNames(3));
    expect(listRows(whole)).toEqual(['changed public.orders 11', 'changed public.orders 50']);
    const { ranges } = readPart(3).tables.find(({ name }) => name.endsWith('orders')) ?? {};
    const after = ranges?.[0]?.after?.[0]?.value;
    const merged = await folder.merge(['part-1.json', 'part-2.json']);
    expect(merged.result?.parts?.missing).toEqual([3]);
    expect(JSON.stringify(merged.result?.tables)).toContain(
      `Rows of public.orders with id > ${after} were not compared: part 3 of 3 is missing`,
    );
    await target.run("UPDATE orders SET a = 'v'");
    const equal = await folder.parts(3);
    expect(equal).toEqual([0, 0, 0]);
    expect((await folder.merge(partNames(3))).exitCode).toBe(0);
    const open = await folder.merge(['part-1.json', 'part-2.json']);
    expect(open.exitCode).toBe(3);
    expect(open.result?.verdict).toBe('unverified');
  });

  it('of which none has a table leave all of it unverified', async () => {
    await folder.parts(3);
    const merged = await folder.merge(['part-2.json', 'part-3.json']);
    const bag = merged.result?.tables.find(({ source: name }) => name?.endsWith('.bag'));
    expect(bag).toMatchObject({ verdict: 'unverified', sourceRows: 0 });
    expect(codesOf(bag)).toEqual(['chunk-unverified']);
  });

  it('that say of their rows less than the plan gave them leave the gap unverified', async () => {
    await target.run("UPDATE orders SET a = 'v'");
    await folder.parts(3);
    forge(2, (part) => ({
      ...part,
      tables: part.tables.map((table) => ({
        ...table,
        records: table.records.filter(({ record }) => record.kind !== 'compared'),
      })),
    }));
    const merged = await folder.merge(partNames(3));
    expect(merged.exitCode).toBe(3);
    expect(JSON.stringify(merged.result?.tables)).toMatch(
      /id > \d+ up to \d+ were not compared: part 2 of 3 did not/,
    );
    await folder.part(2);
    forge(2, (part) => ({
      ...part,
      tables: part.tables.map((table) => ({
        ...table,
        records: table.records.filter(({ record }) => record.kind !== 'done'),
      })),
    }));
    expect((await folder.merge(partNames(3))).exitCode).toBe(3);
  });

  it('of a plan that leaves rows out leave them unverified', async () => {
    await folder.parts(3);
    const cut = ({ parts, ...rest }: PlannedShares): PlannedShares => ({
      ...rest,
      parts: parts.map((tables, at) => (at === 2 ? [] : tables)),
    });
    for (const part of [1, 2]) forge(part, ({ plan, ...rest }) => ({ ...rest, plan: cut(plan) }));
    const merged = await folder.merge(['part-1.json', 'part-2.json']);
    expect(JSON.stringify(merged.result?.tables)).toMatch(
      /id > \d+ were not compared: the plan has them in no part/,
    );
  });

  it('that have rows in common are refused', async () => {
    await folder.parts(3);
    for (const [from, table] of [
      [2, 'orders'],
      [1, 'bag'],
    ] as const) {
      const tables = readPart(from).tables.filter(({ name }) => name === `public.${table}`);
      forge(3, (part) => ({ ...part, tables }));
      const merged = await folder.merge(partNames(3));
      expect(merged.stderr).toMatch(new RegExp(`has rows of public\\.${table} that another part has too`));
      expect(merged.exitCode).toBe(2);
    }
  });

  it('of another plan are refused', async () => {
    await folder.parts(3);
    await folder.plan(3, ['--seed', '8']);
    await folder.part(2);
    const merged = await folder.merge(partNames(3));
    expect(merged.stderr).toMatch(/part-2\.json is a part of another plan than .*part-1\.json/);
    expect(merged.exitCode).toBe(2);
  });

  it.each([
    [
      'no part',
      'part-2.json',
      () => '{"format":"rowproof/run@1"}',
      /Expected a part of a run, format rowproof\/part@1, got .* of the format rowproof\/run@1/,
    ],
    [
      'half a part',
      'part-2.json',
      (text: string) => text.slice(0, text.length / 2),
      /which is no JSON object/,
    ],
    [
      'a part alone of its format',
      'part-2.json',
      () => '{"format":"rowproof/part@1"}',
      /part-2\.json was altered since it was written/,
    ],
    [
      'a part with another count',
      'part-2.json',
      (text: string) => text.replace(/"sourceRows": \d+/, '"sourceRows": 1'),
      /part-2\.json was altered/,
    ],
    [
      'a part with another plan in it',
      'part-2.json',
      (text: string) => text.replace('"seed": "7"', '"seed": "8"'),
      /part-2\.json was altered/,
    ],
  ])('are refused where one is %s', async (_title, name, change, message) => {
    await folder.parts(3);
    const text = folder.read(name);
    expect(change(text)).not.toBe(text);
    writeFileSync(folder.path(name), change(text));
    const merged = await folder.merge(partNames(3));
    expect(merged.stderr).toMatch(message);
    expect(merged.exitCode).toBe(2);
  });

  it('of another version are refused, and so is a plan of one', async () => {
    await folder.parts(3);
    forge(2, (part) => ({ ...part, rowproof: '0.0.9' }));
    const merged = await folder.merge(partNames(3));
    expect(merged.stderr).toMatch(/part-2\.json was written by Rowproof 0\.0\.9, and this is /);
    expect(merged.exitCode).toBe(2);
    const plan = parseExact(folder.read('plan.json')) as { readonly shares: PlannedShares };
    const shares = { ...plan.shares, facts: { ...plan.shares.facts, rowproof: '0.0.9' } };
    writeFileSync(
      folder.path('plan.json'),
      stringifyExact({ ...plan, shares: { ...shares, id: digestShares(shares) } }),
    );
    const part = await folder.part(1);
    expect(part.stderr).toMatch(/plan\.json was made by Rowproof 0\.0\.9, and this is /);
    expect(part.exitCode).toBe(2);
  });

  it('whose rows were cut, exchanged or left behind are refused', async () => {
    await folder.parts(3);
    const part = [1, 2, 3].find((each) => readPart(each).differences.bytes > 0) ?? 0;
    const [path, whole] = [rowsFileOf(part), readFileSync(rowsFileOf(part), 'utf8')];
    writeFileSync(path, whole.slice(0, -9));
    const cut = await folder.merge(partNames(3));
    expect(cut.stderr).toMatch(
      new RegExp(`does not hold the differing rows of .*part-${part}\\.json: \\d+ bytes are there of \\d+`),
    );
    writeFileSync(path, whole.replace('hush', 'HUSH'));
    expect((await folder.merge(partNames(3))).stderr).toContain(', and others.');
    rmSync(path);
    const gone = await folder.merge(partNames(3));
    expect(gone.stderr).toMatch(
      /Cannot read .*rows\.ndjson, the differing rows of .*: there is no such file/,
    );
    expect([cut.exitCode, gone.exitCode]).toEqual([2, 2]);
  });

  it('are read by their plan alone, which an altered file is not', async () => {
    const text = folder.read('plan.json');
    writeFileSync(folder.path('plan.json'), text.replace('"seed": "7"', '"seed": "8"'));
    const altered = await folder.part(1);
    expect(altered.stderr).toMatch(/The plan .*plan\.json was altered since it was made/);
    for (const [other, message] of [
      ['{}', 'is not divided into parts'],
      ['{"shares":null}', 'is not divided into parts'],
      ['{"shares":{}}', 'was altered since it was made'],
      ['{', 'it is no JSON'],
    ] as const) {
      writeFileSync(folder.path('plan.json'), other);
      const { exitCode, stderr } = await folder.part(1);
      expect(stderr).toContain(message);
      expect(exitCode).toBe(2);
    }
    expect(altered.exitCode).toBe(2);
  });

  it('take nothing but places, speed and outputs beside their plan', async () => {
    for (const flags of [
      ['--tables', 'orders'],
      ['--where', 'orders:id > 3'],
      ['--mode', 'count'],
      ['--seed', '9'],
      ['--key', 'bag:a'],
      ['--config', folder.path('run.yaml')],
    ]) {
      const { exitCode, stderr } = await folder.part(1, flags);
      expect(stderr).toContain(`Expected --plan or ${flags[0]}, got both.`);
      expect(exitCode).toBe(2);
    }
    const slow = await folder.part(1, [
      '--chunk-time',
      '1s',
      '--max-rows-per-second',
      '100000',
      '--workers',
      '2',
    ]);
    expect(slow.stderr).not.toContain('Expected');
  });

  it('are those that the plan has', async () => {
    for (const [number, message] of [
      [0, /--part/],
      [17, /Expected --part from 1 to 3, as the plan has parts, got 17/],
    ] as const) {
      const { exitCode, stderr } = await folder.part(number);
      expect(stderr).toMatch(message);
      expect(exitCode).toBe(2);
    }
    const none = await runHere(['verify', '--plan', folder.path('plan.json')]);
    expect(none.stderr).toContain('Expected --part from 1 to 3, as the plan has parts, got none');
    const planless = await runHere(['verify', '--part', '1', '--source', source.url, '--target', target.url]);
    expect(planless.stderr).toContain('Expected --plan PATH with --part, got none');
    expect([none.exitCode, planless.exitCode]).toEqual([2, 2]);
  });

  it('cannot be made of a run that means other rows at another time', async () => {
    const { exitCode, stderr } = await folder.plan(3, ['--where', 'orders:now() IS NOT NULL']);
    expect(stderr).toContain('The run cannot be divided: the condition on orders means other rows');
    expect(exitCode).toBe(2);
    const { exitCode: without, stderr: hint } = await runHere([
      ...['plan', '--source', source.url, '--target', target.url, '--parts', '3'],
    ]);
    expect(hint).toContain('Expected --output PATH with --parts, got none.');
    expect(without).toBe(2);
  });

  it('may be read twice: the later one counts', async () => {
    await folder.parts(3);
    copyFileSync(folder.path('part-1.json'), folder.path('part-1-first.json'));
    copyFileSync(folder.path('part-3.json'), folder.path('part-3-first.json'));
    await target.run("UPDATE orders SET a = 'v' WHERE id IN (11, 50)");
    await folder.parts(3);
    const merged = await folder.merge([...partNames(3), 'part-1-first.json', 'part-3-first.json']);
    expect(listRows(merged)).toEqual([]);
    expect(merged.exitCode).toBe(0);
    const { result } = merged;
    expect(codesOf(result ?? undefined)).toEqual(['part-repeated', 'part-repeated']);
    const once = { ...merged, result: result === null ? null : { ...result, findings: [] } };
    expect(comparable(once)).toEqual(comparable(await folder.single()));
  });

  it('may be read by two processes at once, each with rows of its own', async () => {
    await Promise.all([folder.part(3), folder.part(3), folder.part(1), folder.part(2)]);
    expect(readdirSync(folder.path('.')).filter((name) => name.startsWith('part-3.')).length).toBe(3);
    const merged = await folder.merge(partNames(3));
    expect(listRows(merged)).toEqual(['changed public.orders 11', 'changed public.orders 50']);
  });

  it('keep hidden values out of their files, and out of what is merged', async () => {
    for (const part of [1, 2, 3]) await folder.part(part, part === 3 ? ['--hide-values'] : []);
    expect(readFileSync(rowsFileOf(3), 'utf8')).toContain('"key"');
    expect(readFileSync(rowsFileOf(3), 'utf8')).not.toContain(SECRET);
    const files = partNames(3);
    const shown = await folder.merge(files, ['--hide-values']);
    expect(listRows(shown)).toEqual(['changed public.orders 11', 'changed public.orders 50']);
    expect(JSON.stringify(shown)).not.toContain(SECRET);
    expect(codesOf(shown.result?.tables.find(({ source: name }) => name?.endsWith('.orders')))).toContain(
      'diagnosis-incomplete',
    );
    const repair = await folder.merge(files);
    expect(repair.stderr).toMatch(/Expected parts with values for --repair, got .*part-3\.json/);
    expect(repair.exitCode).toBe(2);
  });

  it('with hidden values are not forgiven by what was accepted with values', async () => {
    for (const part of [1, 2, 3]) await folder.part(part, ['--hide-values']);
    const files = partNames(3);
    for (const flag of ['waivers', 'baseline', 'history']) {
      const refused = await folder.merge(files, ['--hide-values', `--${flag}`, folder.path('accepted')]);
      expect({ flag, ...refused }).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining(`Expected parts with values for --${flag}, got some`),
      });
    }
    expect((await folder.merge(files, ['--hide-values'])).exitCode).toBe(1);
  });

  it('are for their owner only, and hold no password', async () => {
    await folder.parts(3);
    const names = readdirSync(folder.path('.')).filter((name) => name !== 'run.yaml');
    expect(names.length).toBe(7);
    for (const name of names) {
      expect([name, (statSync(folder.path(name)).mode & 0o777).toString(8)]).toEqual([name, '600']);
      for (const { url } of [source, target]) {
        const { username, password } = new URL(url);
        expect(folder.read(name)).not.toContain(`${username}:${password}`);
      }
    }
  });
});
