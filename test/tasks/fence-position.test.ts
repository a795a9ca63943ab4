import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Fence } from '../../src/core/fence.js';
import type { Questions, Session } from '../../src/engines/session.js';
import { awaitPosition, takePosition } from '../../src/tasks/fence-position.js';

const NEVER = new AbortController().signal;
const FENCE: Fence = {
  way: 'gtid',
  reachedOn: 'target',
  order: 'global',
  details: {},
  statements: { position: '', reached: '' },
};

type Reached = (about: Questions['reached']['about']) => Promise<boolean>;

/** A session that only knows of positions, each of which it says once. */
function sessionOf(positions: readonly (string | null)[], reached: Reached): Pick<Session, 'ask'> {
  const left = [...positions];
  const answers: Readonly<Record<string, (about: never) => Promise<unknown>>> = {
    position: async () => (left.length > 1 ? left.shift() : left[0]),
    reached,
  };
  return { ask: (kind, about) => answers[kind]?.(about as never) as never };
}

const isReached: Reached = async () => true;

describe('the position of a source', () => {
  it('is what the server says, asked once', async () => {
    const session = sessionOf(['1', '2', '3'], isReached);
    expect(await takePosition({ session, fence: FENCE, stop: NEVER, limitMs: 1000 })).toBe('1');
  });

  it('of a column is the second value that comes', async () => {
    const session = sessionOf(['1', '1', '2', '2', '3', '4'], isReached);
    const fence = { ...FENCE, way: 'column' };
    expect(await takePosition({ session, fence, stop: NEVER, limitMs: 5000 })).toBe('3');
  });
});

describe('a wait for a position', () => {
  const position = '1';

  it('asks for no more than a second, and again', async () => {
    const waits: number[] = [];
    const session = sessionOf([], async ({ waitMs }) => {
      waits.push(waitMs);
      return waits.length === 4;
    });
    expect(await awaitPosition({ session, fence: FENCE, position, stop: NEVER, limitMs: 60_000 })).toBe(true);
    expect(waits).toHaveLength(4);
    expect(Math.max(...waits)).toBeLessThanOrEqual(1000);
  });

  it('does not ask without a rest where the server does not wait', async () => {
    let asked = 0;
    const session = sessionOf([], async () => {
      asked++;
      return false;
    });
    expect(await awaitPosition({ session, fence: FENCE, position, stop: NEVER, limitMs: 500 })).toBe(false);
    expect(asked).toBeLessThan(15);
  });

  it('asks once where there is no time at all', async () => {
    const session = sessionOf([], isReached);
    expect(await awaitPosition({ session, fence: FENCE, position, stop: NEVER, limitMs: 0 })).toBe(true);
  });

  it('ends at once at a stop, though the server goes on waiting', async () => {
    const stop = new AbortController();
    const session = sessionOf([], async () => {
      await delay(1000);
      throw new Error('it was cut off');
    });
    setTimeout(() => stop.abort(), 50);
    const began = performance.now();
    const waiting = { session, fence: FENCE, position, stop: stop.signal, limitMs: 60_000 };
    expect(await awaitPosition(waiting)).toBe(false);
    expect(performance.now() - began).toBeLessThan(900);
    // The error that comes later is nobody's.
    await delay(1000);
  });

  it('hands on the error of a session that was lost', async () => {
    const session = sessionOf([], () => Promise.reject(new Error('lost')));
    const waiting = { session, fence: FENCE, position, stop: NEVER, limitMs: 1000 };
    await expect(awaitPosition(waiting)).rejects.toThrow('lost');
  });
});
