import { expect, it } from 'vitest';
import type { FenceRequest, PositionRules, ReplicationFacts } from '../../src/engines/positions.js';
import type { Session } from '../../src/engines/session.js';
import { chooseFences } from '../../src/tasks/choose-fences.js';

/** Asks two servers that count how often they were asked, and says what the rules were given. */
async function choose(mayFollow: boolean): Promise<{ asked: readonly string[]; given: FenceRequest }> {
  const asked: string[] = [];
  const given: FenceRequest[] = [];
  const sessionOf = (side: string) =>
    ({
      ask: async () => {
        asked.push(side);
        return { facts: { side, times: asked.length } } satisfies ReplicationFacts;
      },
    }) as unknown as Pick<Session, 'ask'>;
  const rules: PositionRules = {
    chooseFences: (request) => {
      given.push(request);
      return [];
    },
    mayFollow: ({ facts }) => facts.side === 'target' && mayFollow,
    findHalt: () => null,
  };
  await chooseFences({
    sessions: { source: sessionOf('source'), target: sessionOf('target') },
    rules,
    pairs: [],
  });
  const [request] = given;
  if (request === undefined) throw new Error('The rules were not asked.');
  return { asked, given: request };
}

it('asks the source before the target and after it, where the target may follow a server', async () => {
  const { asked, given } = await choose(true);
  expect(asked).toEqual(['source', 'target', 'source']);
  expect([given.sourceBefore?.facts.times, given.target.facts.times, given.source.facts.times]).toEqual([
    1, 2, 3,
  ]);
});

it('asks the source once, where the target follows no server', async () => {
  const { asked, given } = await choose(false);
  expect(asked).toEqual(['source', 'target']);
  expect(given.source).toBe(given.sourceBefore);
});
