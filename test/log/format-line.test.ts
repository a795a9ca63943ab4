import { describe, expect, it } from 'vitest';
import { NO_LOG } from '../../src/core/log.js';
import { createLog } from '../../src/log/create-log.js';

/** The one line that a log writes of these fields. */
function lineOf(fields: Readonly<Record<string, string>>, secrets: readonly string[] = []): string {
  const lines: string[] = [];
  const log = createLog({ write: (line) => void lines.push(line) });
  for (const secret of secrets) log.secrets.add(secret);
  log.info('some:event', () => fields);
  expect(lines).toHaveLength(1);
  return lines[0] ?? '';
}

describe('a line of the log', () => {
  it('is one JSON object with time, level and event', () => {
    expect(JSON.parse(lineOf({ side: 'source' }))).toEqual({
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      level: 'info',
      event: 'some:event',
      side: 'source',
    });
  });

  it('ends where it seems to: no text in it breaks it, colours it or turns it around', () => {
    const text = 'a\nb\r\u2028c\u2029d\u0085e\u001b[31mf\u202eg\u200bh\u0000i\u{e0041}j';
    const line = lineOf({ message: text });
    expect(line.slice(0, -1)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(line.endsWith('"}\n')).toBe(true);
    expect(JSON.parse(line).message).toBe(text);
  });

  it('holds no password of a URL, and no secret that is known, wherever it stands', () => {
    const line = lineOf(
      { url: 'mysql://ann:s3cr%40t@host/shop', message: 'cannot log in with hunter2-long; pin 42, not 1421' },
      ['hunter2-long', '42', ''],
    );
    expect(line).not.toMatch(/s3cr|hunter2|pin 42/);
    expect(JSON.parse(line)).toMatchObject({
      url: 'mysql://ann:***@host/shop',
      message: 'cannot log in with ***; pin ***, not 1421',
    });
  });

  it('holds none in the causes of an error either', () => {
    const lines: string[] = [];
    const log = createLog({ hidesValues: false, write: (line) => void lines.push(line) });
    log.secrets.add('hunter2-long');
    const cause = Object.assign(new Error('bad password hunter2-long'), {
      code: 'ER_X',
      sqlState: '28000',
      errno: 1045,
    });
    log.warn('some:fail', () => log.describeError(new Error('outer', { cause })));
    expect(JSON.parse(lines[0] ?? '').causes).toEqual([
      { message: 'outer', code: null, sqlState: null, errno: null },
      { message: 'bad password ***', code: 'ER_X', sqlState: '28000', errno: 1045 },
    ]);
  });
});

describe('a log', () => {
  it('asks for no field of a line that it does not keep', () => {
    const asked: string[] = [];
    const ask = (name: string) => () => {
      asked.push(name);
      return {};
    };
    const log = createLog({ level: 'warn', write: () => undefined });
    log.debug('a:b', ask('debug'));
    log.info('a:b', ask('info'));
    log.warn('a:b', ask('warn'));
    NO_LOG.error('a:b', ask('off'));
    expect(asked).toEqual(['warn']);
  });

  it('says nothing of what a server answered where values are hidden, but its codes', () => {
    const error = Object.assign(new Error("Duplicate entry 'ann@example.org'"), { code: '23505' });
    const hidden = createLog({ write: () => undefined });
    expect(hidden.describeError(error)).toEqual({ causes: [{ code: null, sqlState: '23505', errno: null }] });
  });

  it('that cannot be written says so once, and the run goes on', () => {
    const told: unknown[] = [];
    const write = (): void => {
      throw new Error('no space left');
    };
    const log = createLog({ write, onFailure: (error) => void told.push(error) });
    log.info('a:b', () => ({}));
    log.info('a:b', () => ({}));
    expect(told).toEqual([new Error('no space left')]);
  });

  it('follows the causes of an error to the end of a group, and no further than five', () => {
    const group = new AggregateError([new Error('one'), new Error('two')], 'tried both');
    const log = createLog({ hidesValues: false, write: () => undefined });
    const messages = (error: unknown) =>
      log.describeError(error).causes.map((cause) => (cause as { message: string }).message);
    expect(messages(group)).toEqual(['tried both', 'one', 'two']);
    const circle = new Error('round');
    circle.cause = circle;
    expect(messages(circle)).toHaveLength(5);
    expect(messages('a text')).toEqual(['a text']);
  });
});
