import { describe, expect, it } from 'vitest';
import { SeenSessions } from '../../src/app/gate/session-watch.js';
import type { SessionFacts } from '../../src/core/gate/session-facts.js';

function session(id: string, parts: Partial<SessionFacts> = {}): SessionFacts {
  return {
    ...{ id, kind: 'client', user: 'app', account: 'app', from: 'web', application: '', state: 'idle' },
    ...{
      sinceMs: 0,
      statement: null,
      mayWrite: 'yes',
      grant: null,
      transactionMs: null,
      isWriting: false,
      isOwn: false,
    },
    ...parts,
  };
}
const gate = { user: 'checker', account: 'checker', from: 'here' };
const ids = (sessions: readonly SessionFacts[]) => sessions.map(({ id }) => id);

describe('who was seen while rows were read', () => {
  it('counts once, and as writing for good', () => {
    const seen = new SeenSessions();
    seen.add([session('1', { isWriting: true })]);
    seen.add([session('1'), session('2')]);
    const found = seen.withoutOwn([session('9', { ...gate, isOwn: true })]);
    expect(found.map(({ id, isWriting }) => [id, isWriting])).toEqual([
      ['1', true],
      ['2', false],
    ]);
  });

  it('is not the pass itself, whose sessions came and went with it and wrote nothing', () => {
    const seen = new SeenSessions();
    seen.add([session('1', gate)]);
    seen.add([
      session('1', gate),
      session('2', gate),
      session('3', { ...gate, isWriting: true }),
      session('4', gate),
    ]);
    expect(ids(seen.withoutOwn([session('9', { ...gate, isOwn: true }), session('4', gate)]))).toEqual([
      '1',
      '3',
      '4',
    ]);
  });

  it('does not grow without end, and misses no account and nobody who writes', () => {
    const seen = new SeenSessions();
    for (let id = 0; id < 12_000; id++) seen.add([session(String(id))]);
    seen.add([session('other', { account: 'other' }), session('late', { isWriting: true }), session('more')]);
    const found = ids(seen.withoutOwn([]));
    expect(found).toHaveLength(10_002);
    expect(found.slice(-2)).toEqual(['other', 'late']);
  });
});
