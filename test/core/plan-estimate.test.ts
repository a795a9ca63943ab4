import { describe, expect, it } from 'vitest';
import {
  believableRows,
  estimateRun,
  estimateSeconds,
  type TimeRequest,
} from '../../src/core/plan-estimate.js';

const FREE = { maxRowsPerSecond: null, maxBytesPerSecond: null, maxLoad: null };
const both = (size: number | null) => ({ source: size, target: size });
const estimate = (changes: Partial<TimeRequest>) =>
  estimateSeconds({
    ...{ rows: both(20_000_000), bytes: both(1e9), mode: 'full', ratio: 1, limits: FREE },
    ...changes,
  });

describe('the time of a table', () => {
  it('is that of its rows or of its bytes, whatever takes longer', () => {
    expect(estimate({})).toEqual({ least: 10, most: 100 });
    expect(estimate({ bytes: both(10e9) })).toEqual({ least: 50, most: 500 });
  });

  it('is that of the larger side, or of the one that is known', () => {
    expect(estimate({ bytes: { source: 1e9, target: 10e9 } })).toEqual({ least: 50, most: 500 });
    expect(estimate({ bytes: { source: null, target: 10e9 } })).toEqual({ least: 50, most: 500 });
    expect(estimate({ rows: both(null), bytes: { source: 10e9, target: null } })).toEqual({
      least: 50,
      most: 500,
    });
  });

  it('is that of the share that is read', () => {
    expect(estimate({ mode: 'spot', ratio: 0.05 })).toEqual({ least: 0.5, most: 5 });
  });

  it('is no shorter than the limits of the run allow', () => {
    const limits = { ...FREE, maxRowsPerSecond: 100_000 };
    expect(estimate({ limits })).toEqual({ least: 200, most: 200 });
    expect(estimate({ limits: { ...FREE, maxBytesPerSecond: 50_000_000 } })).toEqual({
      least: 20,
      most: 100,
    });
  });

  it('is unknown, and never 0, where what decides is unknown', () => {
    expect(estimate({ rows: both(null), bytes: both(null) })).toBeNull();
    expect(estimate({ rows: both(null), limits: { ...FREE, maxRowsPerSecond: 1000 } })).toBeNull();
    expect(estimate({ bytes: both(null), limits: { ...FREE, maxBytesPerSecond: 1000 } })).toBeNull();
    expect(estimate({ mode: 'count' })).toBeNull();
  });
});

describe('the rows of a table', () => {
  it('are unknown where a table of many bytes is said to have none', () => {
    expect([believableRows(0, 16_384), believableRows(0, null), believableRows(7, 1e9)]).toEqual([0, 0, 7]);
    expect([believableRows(0, 1e9), believableRows(null, 1e9)]).toEqual([null, null]);
  });
});

describe('the estimate of a run', () => {
  const table = {
    rows: both(1000),
    bytes: both(50_000),
    isCompressed: { source: false, target: false },
    ratio: 1,
    seconds: { least: 1, most: 10 },
    hasCondition: false,
  };

  it('adds up what is known and counts what is not', () => {
    const isCompressed = { source: true, target: false };
    const unknown = {
      ...table,
      isCompressed,
      rows: both(null),
      bytes: { source: 1, target: null },
      seconds: null,
    };
    expect(estimateRun([table, { ...table, ratio: 0.1, hasCondition: true }, unknown], FREE)).toMatchObject({
      rows: 1100,
      bytes: { source: 55_001, target: 55_000 },
      seconds: { least: 2, most: 20 },
      isAtLeast: { source: true, target: false },
      isAtMost: true,
      unknown: { rows: 1, bytes: 1, seconds: 1 },
    });
  });

  it('is unknown where nothing is known', () => {
    const unknown = { ...table, rows: both(null), bytes: both(null), seconds: null };
    for (const tables of [[], [unknown]])
      expect(estimateRun(tables, FREE)).toMatchObject({
        rows: null,
        bytes: both(null),
        seconds: null,
        isAtMost: false,
      });
  });
});
