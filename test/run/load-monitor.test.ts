import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RowproofError } from '../../src/core/errors.js';
import type { RunEvent } from '../../src/core/event.js';
import type { ConnectionSettings } from '../../src/engines/connection-settings.js';
import type { Session } from '../../src/engines/session.js';
import { LoadMonitor, type LoadWatch } from '../../src/run/load-monitor.js';

const MAX_LOAD = 10;
const SILENT = () => new Promise<number>(() => undefined);

/** Servers whose load is what the test says, and what a run that watches them does. */
function watchServers(loads: Record<'source' | 'target', () => Promise<number>>) {
  const events: RunEvent[] = [];
  const pauses: boolean[] = [];
  const opened: Partial<ConnectionSettings>[] = [];
  let closed = 0;
  const side = (name: 'source' | 'target') => ({
    settings: { connectTimeoutMs: 60_000, statementTimeoutMs: 600_000 },
    engine: {
      open: async (settings: ConnectionSettings) => {
        opened.push(settings);
        return { ask: () => loads[name](), close: async () => void closed++ } as unknown as Session;
      },
    },
  });
  const watch = {
    sides: { source: side('source'), target: side('target') },
    maxLoad: MAX_LOAD,
    ownSessions: () => [],
    setPaused: (paused: boolean) => void pauses.push(paused),
    emit: async (event: RunEvent) => void events.push(event),
    now: () => performance.now(),
  } as unknown as LoadWatch;
  return { watch, loads, events, pauses, opened, closed: () => closed };
}

const idle = async (): Promise<number> => 0;
const broken = (): Promise<number> => Promise.reject(new Error('no answer'));
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe('a run that keeps to a load', () => {
  let monitor: LoadMonitor | null = null;

  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
  afterEach(async () => {
    const stopping = monitor?.stop();
    monitor = null;
    await pass(1000);
    await stopping;
    vi.useRealTimers();
  });

  it('is paused while a server is busy, and goes on afterwards', async () => {
    const { watch, loads, events, pauses } = watchServers({ source: idle, target: async () => MAX_LOAD });
    monitor = await LoadMonitor.start(watch);
    expect(pauses).toEqual([]);
    loads.target = async () => MAX_LOAD + 1;
    await pass(1000);
    expect(pauses).toEqual([true]);
    loads.target = idle;
    await pass(3000);
    expect(pauses).toEqual([true, false]);
    expect(events).toEqual([
      { type: 'run:paused', side: 'target', load: MAX_LOAD + 1, maxLoad: MAX_LOAD },
      { type: 'run:resumed', pausedMs: 1000 },
    ]);
    expect(monitor.pausedMs).toBe(1000);
  });

  it.each([
    ['says that it cannot tell', broken],
    ['does not answer', SILENT],
  ])('is paused while a server %s, and asks on a new session', async (_, unknown) => {
    const { watch, loads, events, pauses, opened } = watchServers({ source: idle, target: idle });
    monitor = await LoadMonitor.start(watch);
    expect(opened).toHaveLength(2);
    loads.source = unknown;
    await pass(6000);
    expect(pauses).toEqual([true]);
    expect(events).toEqual([{ type: 'run:paused', side: 'source', load: null, maxLoad: MAX_LOAD }]);
    loads.source = idle;
    await pass(6000);
    expect(pauses).toEqual([true, false]);
    expect(opened.length).toBeGreaterThan(2);
  });

  it('begins paused where the load is unknown from the beginning', async () => {
    const { watch, pauses } = watchServers({ source: broken, target: idle });
    monitor = await LoadMonitor.start(watch);
    expect(pauses).toEqual([true]);
  });

  it('goes on after ten minutes in which nothing was known', async () => {
    const { watch, loads, pauses } = watchServers({ source: idle, target: idle });
    monitor = await LoadMonitor.start(watch);
    loads.source = broken;
    await pass(600_000);
    expect(pauses).toEqual([true]);
    await pass(2000);
    expect(pauses).toEqual([true, false]);
  });

  it('counts ten minutes anew once something was known', async () => {
    const { watch, loads, pauses } = watchServers({ source: idle, target: idle });
    monitor = await LoadMonitor.start(watch);
    loads.source = broken;
    await pass(400_000);
    loads.source = idle;
    await pass(1000);
    loads.source = broken;
    await pass(400_000);
    expect(pauses).toEqual([true, false, true]);
  });

  it('waits no longer for a sample than for any other answer', async () => {
    const { watch, opened } = watchServers({ source: idle, target: idle });
    monitor = await LoadMonitor.start(watch);
    const patience = { connectTimeoutMs: 5000, statementTimeoutMs: 5000 };
    expect(opened).toMatchObject([patience, patience]);
  });

  it('is not begun where the account may not see the load', async () => {
    const refused = new RowproofError({ code: 'usage', message: 'The account may not.', hint: 'Grant it.' });
    const { watch, pauses, closed } = watchServers({ source: idle, target: () => Promise.reject(refused) });
    await expect(LoadMonitor.start(watch)).rejects.toMatchObject({
      code: 'usage',
      message: 'Cannot keep to --max-load on the target: The account may not.',
    });
    expect(pauses).toEqual([]);
    expect(closed()).toBe(2);
  });
});
