import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { emitInTurn, type RunEvent } from '../../src/core/event.js';
import { HandOver } from '../../src/core/hand-over.js';

const tableStart = (table: string): RunEvent => ({ type: 'table:start', table, estimatedRows: null });

describe('a listener', () => {
  it('hears one event at a time, in order, although parts of a run tell them side by side', async () => {
    const steps: string[] = [];
    const emit = emitInTurn(async (event) => {
      steps.push(`begin ${'table' in event ? event.table : ''}`);
      await delay(2);
      steps.push('end');
    });
    await Promise.all([emit(tableStart('a')), emit(tableStart('b')), emit(tableStart('c'))]);
    expect(steps).toEqual(['begin a', 'end', 'begin b', 'end', 'begin c', 'end']);
  });

  it('that has failed fails every later event too, and hears none of them', async () => {
    let heard = 0;
    const emit = emitInTurn(() => {
      heard++;
      throw new Error('no more room');
    });
    await expect(emit(tableStart('a'))).rejects.toThrow('no more room');
    await expect(emit(tableStart('b'))).rejects.toThrow('no more room');
    expect(heard).toBe(1);
  });
});

describe('a hand-over', () => {
  it('makes the giver wait until the value is taken', async () => {
    const values = new HandOver<number>();
    let given = false;
    const giving = values.give(1).then(() => {
      given = true;
    });
    await delay(5);
    expect(given).toBe(false);
    expect(await values.take()).toMatchObject({ value: 1 });
    await giving;
    expect(given).toBe(true);
  });

  it('ends for a taker that waits, and lets a giver go that nobody takes from', async () => {
    const waiting = new HandOver<number>();
    const taken = waiting.take();
    waiting.end();
    expect(await taken).toBeNull();
    const left = new HandOver<number>();
    const giving = left.give(1);
    left.end();
    await giving;
    await left.give(2);
    expect(await left.take()).toBeNull();
  });
});
