import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startStallingProxy } from '../support/stalling-proxy.js';
import { apply, dump, inClear } from './applied.js';
import { useSwappingSides } from './swapping-sides.js';

// MySQL has the driver of MariaDB.
describe.each(['mariadb', 'postgresql'] as const)(
  'a server of %s that falls silent while rows are applied',
  (engine) => {
    const sides = useSwappingSides(engine);

    it('ends the run at a stop, long before any limit of a wait', async () => {
      const proxy = await startStallingProxy(sides.target.url, {
        stall: { saying: 'rowproof_block' },
        manner: 'silent',
      });
      const stop = new AbortController();
      const url = `${inClear(proxy.url(sides.target.url))}&statement-timeout=3600`;
      const running = apply({ url }, await sides.file(), {
        otherTarget: true,
        signal: stop.signal,
      });
      await proxy.stalled;
      stop.abort();
      const { result } = await running.finally(() => proxy.close());
      expect(result).toMatchObject({ interrupted: true, applied: 0, open: sides.rows, undoPath: null });
    });
  },
);

// How long a run waits, and how often it connects again, does not depend on the engine.
describe('a server that falls silent while rows are applied, and stays so', () => {
  const sides = useSwappingSides('mariadb');

  it('ends the run with an error within its limits, and holds no row', async () => {
    const before = await dump(sides.target, ['t']);
    const file = await sides.file();
    const proxy = await startStallingProxy(sides.target.url, {
      stall: { saying: 'rowproof_block' },
      manner: 'silent',
    });
    const url = `${inClear(proxy.url(sides.target.url))}&statement-timeout=1&connect-timeout=1`;
    await expect(
      apply({ url }, file, { otherTarget: true }).finally(() => proxy.close()),
    ).rejects.toMatchObject({ code: 'connect' });
    expect(existsSync(join(dirname(file), 'fix.undo-1.sql'))).toBe(false);
    const { result } = await apply(sides.target, file);
    expect(result).toMatchObject({ applied: sides.rows, refused: 0, differing: 0 });
    await apply(sides.target, result.undoPath ?? '');
    expect(await dump(sides.target, ['t'])).toEqual(before);
  });
});
