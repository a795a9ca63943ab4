import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { availableEngines, type TestDatabase } from '../support/database.js';
import { useOwnServer } from '../support/private-server.js';
import { openTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';
import { apply, dump, inClear, repairFile } from './applied.js';
import { CREATE, inTransactions, useSwappingSides, values } from './swapping-sides.js';

/** Cuts all connections when a client commits the given time, before or after the server hears of it. */
async function cutAtCommit(
  url: string,
  { at, when }: { at: number; when: 'before' | 'after' },
): Promise<TcpProxy & { readonly commits: () => number }> {
  let commits = 0;
  const proxy = await openTcpProxy(
    () => url,
    () => (bytes) => {
      if (!/COMMIT(?!TED)/.test(bytes.toString('latin1')) || ++commits !== at) return bytes;
      if (when === 'before') {
        proxy.cut();
        return Buffer.alloc(0);
      }
      // Before the answer can be read.
      setImmediate(() => proxy.cut());
      return bytes;
    },
  );
  return { ...proxy, commits: () => commits };
}

describe.each(availableEngines())('a run on %s', (engine) => {
  const sides = useSwappingSides(engine);

  it.each([
    { at: 1, when: 'before' },
    { at: 1, when: 'after' },
    { at: 2, when: 'after' },
  ] as const)(
    'leaves nothing undone or done twice where the answer to a commit is lost, and nothing that cannot be taken back: %j',
    async (cut) => {
      const before = await dump(sides.target, ['t']);
      const proxy = await cutAtCommit(sides.target.url, cut);
      const { result } = await apply({ url: inClear(proxy.urlFor(sides.target.url)) }, await sides.file(), {
        otherTarget: true,
      }).finally(() => proxy.close());
      expect(proxy.commits()).toBeGreaterThanOrEqual(cut.at);
      expect(result).toMatchObject({ refused: 0, changed: 0, differing: 0, open: 0 });
      expect(result).toMatchObject({ applied: sides.rows, verified: sides.rows });
      expect(await dump(sides.target, ['t'])).toEqual(await dump(sides.source, ['t']));
      const undone = await apply(sides.target, result.undoPath ?? '', { otherTarget: true });
      expect(undone.result).toMatchObject({ refused: 0, changed: 0, differing: 0 });
      expect(await dump(sides.target, ['t'])).toEqual(before);
    },
  );

  it('says that rows are open where the server cannot be asked what it committed, and can take them back', async () => {
    const before = await dump(sides.target, ['t']);
    const stop = new AbortController();
    let isGone = false;
    const proxy = await openTcpProxy(
      () => (isGone ? 'mysql://127.0.0.1:1' : sides.target.url),
      () => (bytes) => {
        if (!isGone && /COMMIT(?!TED)/.test(bytes.toString('latin1'))) {
          isGone = true;
          setImmediate(() => proxy.cut());
          setTimeout(() => stop.abort(), 1000);
        }
        return bytes;
      },
    );
    const ended = await apply({ url: inClear(proxy.urlFor(sides.target.url)) }, await sides.file(), {
      otherTarget: true,
      signal: stop.signal,
    }).finally(() => proxy.close());
    expect(ended.result).toMatchObject({ interrupted: true, applied: 0, open: sides.rows });
    expect(await dump(sides.target, ['t'])).not.toEqual(before);
    await apply(sides.target, ended.result.undoPath ?? '', { otherTarget: true });
    expect(await dump(sides.target, ['t'])).toEqual(before);
  });
});

describe.each(['mariadb', 'postgresql'] as const)('a target of %s that fails over', (engine) => {
  const [source, target] = [useOwnServer(engine), useOwnServer(engine)] as unknown as [
    TestDatabase,
    TestDatabase,
  ];

  it('to another server gets nothing more written', async () => {
    await source.run(`${CREATE}; INSERT INTO t VALUES ${values(1, 50, 'n')}`);
    await target.run(`${CREATE}; INSERT INTO t VALUES ${values(1, 50, 'o')}`);
    const before = await dump(target, ['t']);
    const file = await repairFile({ source, target });
    writeFileSync(file, inTransactions(readFileSync(file, 'utf8')));
    await source.run("UPDATE t SET note = 'o'");
    let leadsTo = target.url;
    let commits = 0;
    const proxy = await openTcpProxy(
      () => leadsTo,
      () => (bytes) => {
        if (/COMMIT(?!TED)/.test(bytes.toString('latin1')) && ++commits === 2) {
          leadsTo = source.url;
          proxy.cut();
        }
        return bytes;
      },
    );
    await expect(
      apply({ url: inClear(proxy.urlFor(target.url)) }, file, { otherTarget: true }).finally(() =>
        proxy.close(),
      ),
    ).rejects.toMatchObject({
      code: 'other-server',
      message: expect.stringContaining('Another server answers'),
      hint: expect.stringContaining('fix.undo-1.sql'),
    });
    expect(await dump(source, ['t'])).toEqual(before);
    expect(await dump(target, ['t'])).not.toEqual(before);
    await apply(target, join(dirname(file), 'fix.undo-1.sql'), { otherTarget: true });
    expect(await dump(target, ['t'])).toEqual(before);
  });
});
