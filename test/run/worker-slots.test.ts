import { expect, it } from 'vitest';
import { WorkerSlots } from '../../src/run/worker-slots.js';

/** Four workers, of which a server lets in as many as `most` says; returns the most that were under way at once. */
function openSlots(most: () => number) {
  let nowMs = 0;
  const scarce: boolean[] = [];
  const slots = new WorkerSlots({
    workers: 4,
    setScarce: (is) => void scarce.push(is),
    now: () => nowMs,
  });
  const runAll = async (tasks: number): Promise<number> => {
    let inside = 0;
    let highest = 0;
    const run = async (): Promise<void> => {
      for (;;) {
        const { result, mayWait } = await slots.during(
          async () => {
            if (inside >= most()) return 'refused';
            highest = Math.max(highest, ++inside);
            await new Promise((resolve) => setTimeout(resolve, 5));
            inside--;
            return 'done';
          },
          (came) => (came === 'refused' ? 'source' : null),
        );
        if (result === 'done') return;
        expect(mayWait).toBe(true);
      }
    };
    await Promise.all(Array.from({ length: tasks }, run));
    return highest;
  };
  const wait = (ms: number): void => {
    nowMs += ms;
  };
  return { slots, scarce, runAll, wait };
}

it('as many tasks are under way as a server lets in, none is lost, and the report says how few there were', async () => {
  const { slots, scarce, runAll } = openSlots(() => 2);
  expect(await runAll(20)).toBe(2);
  expect(scarce).toContain(true);
  expect(slots.findings()).toMatchObject([
    { code: 'fewer-workers', hint: expect.stringContaining('--workers 2') },
  ]);
});

it('another worker is tried again after each minute in which none was refused', async () => {
  let most = 2;
  const { scarce, runAll, wait } = openSlots(() => most);
  await runAll(20);
  most = 4;
  expect(await runAll(20)).toBe(2);
  wait(60_001);
  expect(await runAll(20)).toBe(3);
  wait(60_001);
  expect(await runAll(20)).toBe(4);
  expect(scarce.at(-1)).toBe(false);
});

it('of which nobody is let in is told so, instead of waiting for nobody', async () => {
  const { slots } = openSlots(() => 0);
  const refused = await slots.during(
    async () => 'refused',
    () => 'target',
  );
  expect(refused.mayWait).toBe(false);
  expect(slots.findings()).toEqual([]);
});
