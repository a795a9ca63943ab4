import { describe, expect, it } from 'vitest';
import { assertExpectedServer, type ServerIdentity } from '../../src/engines/server-identity.js';

describe('a server that answers at the address of the expected one', () => {
  const identity: ServerIdentity = {
    id: 'system 1, database 2, standby',
    place: '172.17.0.2:5432',
    started: '2026-01-01 00:00:00.000000+00',
    asked: '2026-01-05 12:00:00.000000+00',
  };
  const judge = (started: string, isExact = false) => {
    return () => assertExpectedServer({ identity, isExact }, { ...identity, started });
  };

  it('is it where it was started then, or since', () => {
    expect(judge('2026-01-01 00:00:00.000000+00')).not.toThrow();
    expect(judge('2026-01-05 12:00:00.000001+00')).not.toThrow();
  });

  it('is another one where it was running before the expected one was asked', () => {
    expect(judge('2026-01-05 12:00:00.000000+00')).toThrow('Another server answers');
    expect(judge('2025-12-31 00:00:00.000000+00')).toThrow('Another server answers');
  });

  it('is another one where a restart cannot be told from the other side', () => {
    expect(judge('2026-01-05 12:00:00.000001+00', true)).toThrow('Another server answers');
  });
});
