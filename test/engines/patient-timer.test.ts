import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startPatientTimer } from '../../src/engines/patient-timer.js';

describe('a timer for a server that may be silent', () => {
  const over: string[] = [];
  const start = (ms: number) => startPatientTimer(ms, () => over.push('over'));

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    over.length = 0;
  });
  afterEach(() => void vi.useRealTimers());

  it('is over when its time is', () => {
    start(5000);
    vi.advanceTimersByTime(4999);
    expect(over).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(over).toEqual(['over']);
  });

  it('gives a thread that was too busy to look a second to read what came meanwhile', () => {
    start(5000);
    const busyMs = performance.now() + 8000;
    const now = vi.spyOn(performance, 'now').mockReturnValue(busyMs);
    vi.advanceTimersByTime(5000);
    expect(over).toEqual([]);
    now.mockReturnValue(busyMs + 1000);
    vi.advanceTimersByTime(999);
    expect(over).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(over).toEqual(['over']);
  });

  it('never ends once it is called off', () => {
    start(5000)();
    vi.advanceTimersByTime(60_000);
    expect(over).toEqual([]);
  });
});
