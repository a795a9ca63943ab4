import { expect, it } from 'vitest';
import type { Engine } from '../../src/engines/engine.js';
import { ownSessions } from '../../src/engines/owned-sessions.js';
import type { Session } from '../../src/engines/session.js';

/** An engine that opens sessions when the test lets it, and which of them were closed. */
function openingEngine() {
  const waiting: (() => void)[] = [];
  const closed: number[] = [];
  let opened = 0;
  const open = async (): Promise<Session> => {
    const number = ++opened;
    await new Promise<void>((resolve) => waiting.push(resolve));
    return { close: async () => void closed.push(number) } as unknown as Session;
  };
  return { engine: { open } as unknown as Engine, closed, letIn: () => waiting.shift()?.() };
}

it('sessions end with their owner, those that are just being opened too', async () => {
  const { engine, closed, letIn } = openingEngine();
  const owned = ownSessions(engine);
  const settings = {} as never;
  const [first, late] = [owned.engine.open(settings), owned.engine.open(settings)];
  letIn();
  await first;
  await owned.close();
  expect(closed).toEqual([1]);
  letIn();
  await late;
  expect(closed).toEqual([1, 2]);
});
