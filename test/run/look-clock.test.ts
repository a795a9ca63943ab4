import { EventEmitter, once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { LookClock } from '../../src/run/looks/look-clock.js';

describe('the time for which anything is looked at again', () => {
  let nowMs = 0;
  const clock = new LookClock(() => nowMs);
  const begin = () => {
    const end = new EventEmitter();
    const done = clock.during(async () => void (await once(end, 'end')));
    return { done, resolve: () => end.emit('end'), reject: (error: Error) => end.emit('error', error) };
  };

  it('counts once what is looked at at the same time, and nothing in between', async () => {
    const first = begin();
    nowMs = 100;
    const second = begin();
    nowMs = 250;
    first.resolve();
    await first.done;
    nowMs = 300;
    expect(clock.elapsedMs).toBe(300);
    second.resolve();
    await second.done;
    nowMs = 1000;
    expect(clock.elapsedMs).toBe(300);
  });

  it('counts what fails', async () => {
    const failing = begin();
    nowMs = 1050;
    failing.reject(new Error('gone'));
    await expect(failing.done).rejects.toThrow('gone');
    expect(clock.elapsedMs).toBe(350);
  });
});
