import { afterEach, describe, expect, it, vi } from 'vitest';
import { withOpenSides } from '../../src/app/open-run.js';
import { resolveFlags } from '../../src/config/resolve-flags.js';
import { inClear } from '../apply/applied.js';
import { availableEngines, useDatabase } from '../support/database.js';
import { startStallingProxy } from '../support/stalling-proxy.js';

const MARK = 'fall silent';

describe.each(availableEngines())('a stopped run that waits for a silent server of %s', (engine) => {
  const source = useDatabase(engine);
  const target = useDatabase(engine === 'postgresql' ? 'mariadb' : 'postgresql');
  afterEach(() => void vi.useRealTimers());

  it('cuts its session off after a moment', async () => {
    const proxy = await startStallingProxy(source.url, { stall: { saying: MARK }, manner: 'silent' });
    const config = resolveFlags({ source: inClear(proxy.url(source.url)), target: target.url });
    const stop = new AbortController();
    const ends: unknown[] = [];
    await withOpenSides(
      config,
      async (sides) => {
        vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
        void sides.source.session
          .ask('repair-question', `SELECT '${MARK}' AS said`)
          .catch((error) => ends.push(error));
        await proxy.stalled;
        stop.abort();
        await vi.advanceTimersByTimeAsync(1499);
        expect(ends).toEqual([]);
        await vi.advanceTimersByTimeAsync(1);
        vi.useRealTimers();
        await expect.poll(() => ends).toEqual([expect.any(Error)]);
      },
      { stop: stop.signal },
    ).finally(() => proxy.close());
  });
});
