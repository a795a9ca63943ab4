import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { buildConfigTemplate } from '../../src/config/file-template.js';
import { FILE_OPTIONS, TABLE_SETTINGS } from '../../src/config/options/options.js';
import { resolveFlags } from '../../src/config/resolve-flags.js';
import { faultOfFile, resolveFile } from './config-file.js';

const template = (source: string, target = 'postgres://reader@new/shop?schema=main') => {
  const config = resolveFlags({ source, target });
  return { config, ...buildConfigTemplate(config) };
};

describe('a written config file', () => {
  it.each([
    'mysql://old/shop',
    'mysql://reader@old:3307/shop?ssl-mode=REQUIRED',
    'postgres://reader@/shop?host=/run/postgresql',
    'mysql://reader@old/a"b\'c%23d: e',
    'mysql://old/a${b}',
  ])('gives back the config of the flags for %s', (source) => {
    const { config, text, variables } = template(source);
    expect(resolveFile(text)).toEqual(config);
    expect(variables).toEqual([]);
  });

  it.each(['s3cret', 'p@:/?#%&= ${x}"\'', 'ünïcode'])(
    'takes the password %s from the environment',
    (password) => {
      const source = `mysql://reader:${encodeURIComponent(password)}@old/shop`;
      const { text, variables } = template(source);
      expect(variables).toEqual(['ROWPROOF_SOURCE_PASSWORD']);
      expect(text).toContain('source: "mysql://reader:${ROWPROOF_SOURCE_PASSWORD}@old/shop"');
      expect(text).not.toContain(encodeURIComponent(password));
      const { sourceUrl } = resolveFile(text, { variables: { ROWPROOF_SOURCE_PASSWORD: password } });
      expect(decodeURIComponent(new URL(sourceUrl).password)).toBe(password);
      expect(faultOfFile(text).message).toContain('no variable ROWPROOF_SOURCE_PASSWORD');
    },
  );

  it('takes secret parameters from the environment too', () => {
    const { text, variables } = template('mysql://old/shop', 'postgres://r:one@new/shop?sslpassword=two%26');
    expect(variables).toEqual(['ROWPROOF_TARGET_PASSWORD', 'ROWPROOF_TARGET_SSLPASSWORD']);
    expect(text).not.toMatch(/one@|two/);
    const { targetUrl } = resolveFile(text, {
      variables: { ROWPROOF_TARGET_PASSWORD: 'one', ROWPROOF_TARGET_SSLPASSWORD: 'two&' },
    });
    expect(targetUrl).toBe('postgres://r:one@new/shop?sslpassword=two%26');
  });

  it('shows every setting with a value that is accepted', () => {
    const keys = ['Orders', ...[...FILE_OPTIONS, ...TABLE_SETTINGS].map(({ name }) => name)];
    const shown = template('mysql://old/shop')
      .text.split('\n')
      .map((line) => line.replace(/^# /, ''))
      .filter((line) => keys.includes(/^\s*(\w+):/.exec(line)?.[1] ?? ''))
      .join('\n');
    const content: unknown = parse(shown);
    expect(content).toMatchObject({ tableSettings: { Orders: { target: 'orders' } } });
    if (typeof content !== 'object' || content === null) throw new Error('No settings.');
    expect(Object.keys(content).sort()).toEqual(FILE_OPTIONS.map(({ name }) => name).sort());
    expect(() => resolveFile(shown)).not.toThrow();
  });
});

describe('the example of the page', () => {
  it('is read', () => {
    const page = readFileSync(new URL('../../docs/config.md', import.meta.url), 'utf8');
    const example = /```yaml\n(.*?)```/s.exec(page)?.[1] ?? '';
    const config = resolveFile(example, {
      variables: { ROWPROOF_SOURCE_PASSWORD: 'a/b', ROWPROOF_TARGET_PASSWORD: 'c' },
    });
    expect(config).toMatchObject({
      sourceUrl: 'mysql://checker:a%2Fb@old.example/shop',
      targetUrl: 'postgres://checker:c@new.example/shop',
      exclude: ['*_log'],
      map: [{ source: 'Clients', target: 'customers' }],
      matchNames: 'snake-case',
      workers: 2,
    });
    expect(config.columnMap.get('Clients')).toEqual([{ source: 'note', target: 'remark' }]);
    expect(config.keys.get('OrderLines')).toEqual(['OrderId', 'Line']);
    expect(config.targetWhere.get('OrderLines')).toBe('order_id > 1000');
  });
});
