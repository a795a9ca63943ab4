import { describe, expect, it } from 'vitest';
import { hashConfig } from '../../src/config/config-hash.js';
import { FILE_OPTIONS, TABLE_SETTINGS } from '../../src/config/options/options.js';
import { resolveConfig } from '../../src/config/resolve-config.js';
import { resolveFlags } from '../../src/config/resolve-flags.js';

const flags = {
  source: 'mysql://reader:one@old/shop',
  target: 'postgres://new/shop?sslpassword=x&sslmode=require',
};

const hashSettings = (settings: Readonly<Record<string, unknown>>) =>
  hashConfig(resolveConfig({ source: flags.source, target: flags.target, mode: 'spot', ...settings }));

const OF_SNAPSHOTS = ['snapshotLock', 'maxSnapshotAge', 'pauseReplica'];

/** Which of the two digests a change of settings changes. */
function findChanged(settings: Readonly<Record<string, unknown>>): string[] {
  const isOfFence = settings.fenceCommand !== undefined || settings.fenceOrder !== undefined;
  const isOfSnapshot = OF_SNAPSHOTS.some((name) => settings[name] !== undefined);
  const common = {
    // Columns are only shown where values are hidden.
    ...(settings.showColumns === undefined ? {} : { showValues: false }),
    // How a column is used is only said where one is named.
    ...(isOfFence ? { fenceTable: 'heartbeat.beat' } : {}),
    ...(isOfSnapshot ? { snapshot: true } : {}),
  };
  const [before, after] = [hashSettings(common), hashSettings({ ...common, ...settings })];
  return [
    ...(before.askedHash === after.askedHash ? [] : ['asked']),
    ...(before.howHash === after.howHash ? [] : ['how']),
  ];
}

const given = FILE_OPTIONS.filter(({ insteadInProgram }) => insteadInProgram === undefined);
const changes: Readonly<Record<string, unknown>> = {
  source: 'mysql://reader:one@old/other',
  target: 'postgres://new/other',
  mode: 'count',
  tableSettings: { orders: {} },
  workers: 63,
};

describe('the digests of a config', () => {
  it('are sixteen hex digits each, the same for the same question', () => {
    const hashes = hashConfig(resolveFlags(flags));
    for (const hash of Object.values(hashes)) expect(hash).toMatch(/^[0-9a-f]{16}$/);
    expect(hashConfig(resolveFlags({ ...flags }))).toEqual(hashes);
  });

  it('do not depend on passwords', () => {
    const other = { source: 'mysql://reader:two@old/shop', target: 'postgres://new/shop?sslmode=require' };
    expect(hashConfig(resolveFlags(other))).toEqual(hashConfig(resolveFlags(flags)));
  });

  it.each(given.map(({ name, part, file }) => ({ name, part, value: changes[name] ?? file.example })))(
    'change with $name in what is $part alone',
    ({ name, part, value }) => {
      expect(findChanged({ [name]: value })).toEqual([part]);
    },
  );

  it.each(TABLE_SETTINGS.map(({ name, form }) => ({ name, value: form.example })))(
    'change with $name of a table in what is asked alone',
    ({ name, value }) => {
      const where = name === 'targetWhere' ? { where: 'id > 1' } : {};
      const hash = (settings: object) =>
        hashSettings({ tableSettings: { orders: { ...where, ...settings } } });
      const [before, after] = [hash({}), hash({ [name]: value })];
      expect(after.askedHash).not.toBe(before.askedHash);
      expect(after.howHash).toBe(before.howHash);
    },
  );

  it('ask the same on a machine with another number of cores', () => {
    const config = resolveFlags(flags);
    const elsewhere = { ...config, workers: config.workers + 1 };
    expect(hashConfig(elsewhere).askedHash).toBe(hashConfig(config).askedHash);
    expect(hashConfig(elsewhere).howHash).not.toBe(hashConfig(config).howHash);
  });

  it('do not depend on the order in which tables were given their conditions', () => {
    const one = resolveFlags({ ...flags, where: ['a:x', 'b:y'] });
    const other = resolveFlags({ ...flags, where: ['b:y', 'a:x'] });
    expect(hashConfig(one)).toEqual(hashConfig(other));
  });
});
