import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { mysqlAdmin } from '../support/mysql-admin.js';
import { startMariadbReplica } from '../support/replication/mysql-replica.js';
import { runCli } from '../support/run-cli.js';

it('tries', async () => {
  const pair = await startMariadbReplica({ delayMs: Number(process.env.TRY_DELAY ?? 1000) });
  try {
    await pair.onSource.run('CREATE TABLE orders (id int PRIMARY KEY, v int, note varchar(40))');
    await pair.onSource.run(
      "INSERT INTO orders SELECT seq, seq % 97, concat('note ', seq) FROM seq_1_to_20000",
    );
    await delay(Number(process.env.TRY_DELAY ?? 1000) + 1500);
    await pair.onTarget.run("UPDATE orders SET note = 'damaged' WHERE id IN (5000, 5001, 9000)");
    await pair.onTarget.run('DELETE FROM orders WHERE id IN (7000, 7001)');
    await pair.onTarget.run("INSERT INTO orders VALUES (30000, 1, 'extra')");
    let stop = false;
    let written = 0;
    const writers = Array.from({ length: 4 }, async (_, w) => {
      const session = await mysqlAdmin(pair.source).openSession(pair.source);
      while (!stop) {
        const id = 1 + Math.floor(Math.random() * 300);
        const r = Math.random();
        if (r < 0.6) await session.run(`UPDATE orders SET v = v + 1 WHERE id = ${id}`);
        else if (r < 0.8) await session.run(`DELETE FROM orders WHERE id = ${id}`);
        else await session.run(`INSERT IGNORE INTO orders VALUES (${id}, ${w}, 'again')`);
        written++;
      }
      await session.close();
    });
    const folder = mkdtempSync(join(tmpdir(), 'try-'));
    const result = await runCli([
      'verify',
      '--source',
      pair.source,
      '--target',
      pair.target,
      '--workers',
      '2',
      '--report',
      `json=${folder}/r.json`,
      '--report',
      'table',
      '--differences',
      `${folder}/d.ndjson`,
      '--no-journal',
      ...(process.env.TRY_FLAGS ?? '').split(' ').filter(Boolean),
    ]);
    stop = true;
    await Promise.all(writers);
    console.log('written', written, result.exitCode, result.stdout, result.stderr);
    const run = JSON.parse(readFileSync(`${folder}/r.json`, 'utf8'));
    console.log(
      JSON.stringify(run.replication),
      JSON.stringify(run.totals),
      JSON.stringify(run.tables[0].findings),
      run.elapsedMs,
    );
    console.log(readFileSync(`${folder}/d.ndjson`, 'utf8'));
    expect(run.totals).toMatchObject({ missing: 2, extra: 1, changed: 3 });
  } finally {
    await pair.stop();
  }
});
