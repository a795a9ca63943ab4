import { describe, expect, it } from 'vitest';
import { isBinlogPlaceAtOrBehind, parseBinlogPlace } from '../../src/engines/mysql/binlog-place.js';
import { gtidsOfOtherDomains, hasAllGtids, withoutGtids } from '../../src/engines/mysql/mariadb-gtid.js';
import { endOfLog } from '../../src/engines/postgresql/lsn.js';

const SHAPE = { pageBytes: 8192n, segmentBytes: 16n * 1024n * 1024n };

describe('the end of the log of a PostgreSQL', () => {
  it.each([
    ['0/3000060', '0/3000060'],
    // Behind the header of a page, and behind the longer one of a segment's first page.
    ['0/3002018', '0/3002000'],
    ['0/3000028', '0/3000000'],
    // There the first bytes of a record may lie.
    ['0/3002028', '0/3002028'],
    ['0/3000018', '0/3000018'],
    ['16/B374C018', '16/B374C000'],
    ['FFFFFFFF/FFFFE018', 'FFFFFFFF/FFFFE000'],
  ])('before %s is %s', (next, end) => {
    expect(endOfLog(next, SHAPE)).toBe(end);
  });

  it('follows the size of segments', () => {
    expect(endOfLog('0/100028', { ...SHAPE, segmentBytes: 1024n * 1024n })).toBe('0/100000');
    expect(endOfLog('0/100028', SHAPE)).toBe('0/100028');
    expect(endOfLog('no place', SHAPE)).toBeNull();
  });
});

describe('a place in a binary log', () => {
  it.each([
    ['binlog.000002:4', 'binlog.000001:999', true],
    ['binlog.000002:4', 'binlog.000002:4', true],
    ['binlog.000002:4', 'binlog.000002:5', false],
    ['binlog.000009:4', 'binlog.000010:4', false],
    ['binlog.1000000:4', 'binlog.999999:4', true],
    ['other.000002:4', 'binlog.000001:4', false],
  ])('%s is at or behind %s: %s', (one, other, isBehind) => {
    const [place, before] = [parseBinlogPlace(one), parseBinlogPlace(other)];
    expect(place !== null && before !== null && isBinlogPlaceAtOrBehind(place, before)).toBe(isBehind);
  });

  it.each(['', ':4', 'binlog:4', 'binlog.000001', 'binlog.000001:x'])('is not %j', (text) => {
    expect(parseBinlogPlace(text)).toBeNull();
  });
});

describe('positions of MariaDB', () => {
  it('are held where every domain stands as far', () => {
    expect(hasAllGtids('0-1-5,7-1-2', '0-2-6,7-1-2,9-1-1')).toBe(true);
    expect(hasAllGtids('0-1-5,7-1-2', '0-1-5')).toBe(false);
    expect(hasAllGtids('0-1-5', '0-1-4')).toBe(false);
    expect(hasAllGtids('', '')).toBe(true);
  });

  it('are left out by their domain, and only as they stand there', () => {
    expect(gtidsOfOtherDomains('0-1-5,7-1-2', '0-1-1')).toBe('7-1-2');
    expect(withoutGtids('0-1-5,7-1-2', '7-1-2')).toBe('0-1-5');
    expect(withoutGtids('0-1-5,7-1-3', '7-1-2')).toBe('0-1-5,7-1-3');
  });
});
