import { describe, expect, it } from 'vitest';
import { faultOfFile, resolveFile, URL_LINES } from './config-file.js';

const where = (condition: string, variables: Readonly<Record<string, string>> = {}) =>
  resolveFile(`${URL_LINES}tableSettings: {t: {where: '${condition}'}}`, { variables }).where.get('t');

const source = (url: string, variables: Readonly<Record<string, string>>) =>
  resolveFile(`source: '${url}'\ntarget: postgres://new/shop`, { variables }).sourceUrl;

describe('a variable in the file', () => {
  it.each([
    ['id > ${LEAST}', 'id > 7'],
    ['id > ${NONE:-9}', 'id > 9'],
    ['id > ${EMPTY:-9}', 'id > 9'],
    ['id > ${NONE:-}0', 'id > 0'],
    ['${LEAST} < id AND id < ${LEAST}0', '7 < id AND id < 70'],
    ['note = "$${LEAST}"', 'note = "${LEAST}"'],
    ['note = "$LEAST"', 'note = "$LEAST"'],
  ])('%s is read as %s', (text, expected) => {
    expect(where(text, { LEAST: '7', EMPTY: '' })).toBe(expected);
  });

  it('may be a number', () => {
    expect(resolveFile(`${URL_LINES}workers: \${N}`, { variables: { N: '3' } }).workers).toBe(3);
  });

  it('is not looked for in what another one holds', () => {
    expect(where('${OUTER}', { OUTER: '${INNER}' })).toBe('${INNER}');
  });

  it('that does not exist is an error with its name and line', () => {
    const error = faultOfFile(`${URL_LINES}differences: \${FOLDER}/rows.ndjson`);
    expect(error.message).toBe('rowproof.yaml:3: differences: the environment has no variable FOLDER.');
    expect(error.hint).toBe('Set FOLDER, or write ${FOLDER:-default}.');
  });

  it.each(['${', '${}', '${A B}', '${1}', '${A-b}', '${A'])('%s is refused', (text) => {
    expect(faultOfFile(`differences: '${text}'`).message).toContain('expected ${NAME} or ${NAME:-default}');
  });
});

describe('a variable in a URL', () => {
  const hostile = 'p@:/?#%&= ${x}';

  it('may hold any password', () => {
    const url = new URL(source('mysql://reader:${PASSWORD}@old/shop', { PASSWORD: hostile }));
    expect(decodeURIComponent(url.password)).toBe(hostile);
    expect(url.host).toBe('old');
  });

  it('may be the value of a parameter', () => {
    const url = new URL(source('mysql://old/shop?a=${A}&b=x', { A: hostile }));
    expect([url.searchParams.get('a'), url.searchParams.get('b')]).toEqual([hostile, 'x']);
  });

  it('may be host and port, database, or the whole URL', () => {
    expect(source('mysql://${ACCOUNT}:x@${HOST}/${NAME}', { ACCOUNT: 'a', HOST: 'h:33', NAME: 'shop' })).toBe(
      'mysql://a:x@h:33/shop',
    );
    expect(source('${URL}', { URL: 'mysql://a:b@h/shop' })).toBe('mysql://a:b@h/shop');
  });
});
