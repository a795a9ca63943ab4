import { describe, expect, it } from 'vitest';
import { ReadClock } from '../../src/tasks/read-clock.js';

function openClock() {
  const time = { ms: 0 };
  const clock = new ReadClock(() => time.ms);
  return { time, clock };
}

describe('the clock of reads', () => {
  it('stands still while the only read waits', () => {
    const { time, clock } = openClock();
    clock.beginRead();
    time.ms = 10;
    clock.beginWait();
    time.ms = 1000;
    expect(clock.now()).toBe(10);
    clock.endWait();
    time.ms = 1005;
    expect(clock.now()).toBe(15);
  });

  it('goes on while another read is at work', () => {
    const { time, clock } = openClock();
    clock.beginRead();
    clock.beginRead();
    clock.beginWait();
    time.ms = 100;
    expect(clock.now()).toBe(100);
    clock.endRead();
    time.ms = 200;
    expect(clock.now()).toBe(100);
    clock.endWait();
    clock.endRead();
    time.ms = 300;
    expect(clock.now()).toBe(200);
  });
});
