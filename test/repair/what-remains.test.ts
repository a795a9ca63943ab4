import { describe, expect, it } from 'vitest';
import { useDatabase } from '../support/database.js';
import { writeRepair } from './repair-round.js';

describe('the head of a repair', () => {
  const source = useDatabase('mariadb');
  const target = useDatabase('mariadb');

  it('warns of tables and columns that the target lacks, and of what was not verified', async () => {
    for (const side of [source, target]) {
      await side.run('CREATE TABLE orders (id INT PRIMARY KEY); INSERT INTO orders VALUES (1)');
    }
    const complete = await writeRepair({ source, target });
    complete.remove();
    expect(complete.repair).not.toContain('WARNING');
    await source.run('CREATE TABLE only_here (id INT PRIMARY KEY); ALTER TABLE orders ADD note VARCHAR(10)');
    const lacking = await writeRepair({ source, target });
    lacking.remove();
    expect(lacking.repair).toContain('In all: 0 rows written, 0 left alone.');
    expect(lacking.repair).toMatch(
      /WARNING: This file makes no table and no column that the target lacks: \S*only_here, \S*orders\.\n/,
    );
    expect(lacking.repair).not.toContain('Not everything was verified');
    expect(lacking.undo).not.toContain('WARNING');
    const few = await writeRepair({ source, target }, ['--exclude', 'only_here', '--min-rows', '5']);
    few.remove();
    expect(few.repair).toContain('WARNING: Not everything was verified: this file does not make');
  });

  it('names a table that takes nothing back by itself', async () => {
    for (const side of [source, target]) {
      await side.run('CREATE TABLE logs (id INT PRIMARY KEY) ENGINE=MyISAM');
      await side.run('CREATE TABLE safe (id INT PRIMARY KEY) ENGINE=InnoDB');
    }
    await source.run('INSERT INTO logs VALUES (1); INSERT INTO safe VALUES (1)');
    const { repair, undo, remove } = await writeRepair({ source, target }, ['--tables', 'logs', 'safe']);
    remove();
    const warning = /WARNING: \S*logs takes nothing back by itself: .* stays until its undo is run\.\n/;
    expect(repair).toMatch(warning);
    expect(repair).not.toMatch(/safe takes nothing back by itself/);
    expect(undo).not.toMatch(warning);
  });
});
