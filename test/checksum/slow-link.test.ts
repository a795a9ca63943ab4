import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compare } from '../app/compare.js';
import { availableEngines, useDatabase } from '../support/database.js';
import { fillTable } from '../traps/type-words.js';

const LINK = fileURLToPath(new URL('../../bench/slow-link.mjs', import.meta.url));
const ROWS = 40_000;
/** Both sides together take the link so many seconds, and it is looked at twice a second. */
const SECONDS = 6;
const ROW_BYTES = 400;
const BITS_PER_SECOND = (2 * ROWS * ROW_BYTES * 8) / SECONDS;

describe.each(availableEngines())('behind a slow link to %s', (engine) => {
  const source = useDatabase(engine);
  const target = useDatabase(engine);
  let link: ChildProcess;
  const far = { source: '', target: '' };

  beforeAll(async () => {
    for (const database of [source, target]) {
      await database.run('CREATE TABLE hashable (id int PRIMARY KEY, v varchar(400))');
      await database.run('CREATE TABLE small (id int PRIMARY KEY, v varchar(400))');
      const text = `concat('${'x'.repeat(ROW_BYTES - 20)}', n)`;
      await fillTable(database, { table: 'hashable', count: ROWS, select: `n, ${text}` });
      await fillTable(database, { table: 'small', count: 10, select: 'n, NULL' });
      await database.run(engine === 'postgresql' ? 'ANALYZE' : 'ANALYZE TABLE hashable, small');
    }
    const { hostname, port } = new URL(source.url);
    const options = {
      servers: [{ host: hostname, port: Number(port) }],
      bitsPerSecond: BITS_PER_SECOND,
      delayMs: 1,
    };
    link = spawn(process.execPath, [LINK, JSON.stringify(options)], { stdio: ['pipe', 'pipe', 'inherit'] });
    if (link.stdout === null) throw new Error('The link has no output.');
    const [line] = (await once(createInterface(link.stdout), 'line')) as [string];
    const [linkPort] = JSON.parse(line) as [number];
    for (const [side, { url }] of [
      ['source', source],
      ['target', target],
    ] as const) {
      const address = new URL(url);
      address.port = String(linkPort);
      far[side] = address.href;
    }
  });
  afterAll(() => link.stdin?.end());

  it('a run that read says that the network was the limit, and of which tables --checksum-on auto would help', async () => {
    const { result } = await compare({ source: { url: far.source }, target: { url: far.target } });
    expect(result.verdict).toBe('verified');
    const findings = result.tables.flatMap((table) => table.findings);
    const said = findings.filter(({ code }) => code === 'link-limited');
    expect(said.map(({ about }) => about?.table)).toEqual([expect.stringContaining('hashable')]);
    expect(said[0]?.message).toMatch(
      /^The network was the limit while rows were read: in \d+ of \d+ looks both servers/,
    );
  });

  it('a run near its servers says nothing of that', async () => {
    const { result } = await compare({ source, target });
    const findings = result.tables.flatMap((table) => table.findings);
    expect(findings.map(({ code }) => code)).not.toContain('link-limited');
  });
});
