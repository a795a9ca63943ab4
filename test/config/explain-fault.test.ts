import { describe, expect, it } from 'vitest';
import { explainFault } from '../../src/config/explain-fault.js';
import { parseConfigFile } from '../../src/config/parse-config-file.js';
import { optionError, type RawFlags } from '../../src/config/raw-flags.js';
import { RowproofError } from '../../src/core/errors.js';
import { URL_LINES } from './config-file.js';

const FILE = `${URL_LINES}exclude: [a]
tableSettings:
  orders: { where: id > 1, target: auftraege, columnMap: { id: nr } }
`;

function explain(error: unknown, flags: RawFlags = {}): unknown {
  return explainFault(error, flags, parseConfigFile({ path: 'rowproof.yaml', text: FILE, variables: {} }));
}

describe('an error about a flag that nobody typed', () => {
  it.each([
    [
      '--where',
      '--where says "orders", but why.',
      'rowproof.yaml:5: tableSettings.orders.where says "orders", but why.',
      { setting: 'where', flag: '--where', given: 'tableSettings.orders.where' },
    ],
    [
      '--map',
      '--map gives orders away.',
      'rowproof.yaml:5: tableSettings.orders.target gives orders away.',
      { setting: 'map', flag: '--map', given: 'tableSettings.orders.target' },
    ],
    [
      'columnMap',
      'columnMap names "id", but orders has none.',
      'rowproof.yaml:5: tableSettings.orders.columnMap names "id", but orders has none.',
      { setting: 'columnMap', flag: null, given: 'tableSettings.orders.columnMap' },
    ],
    [
      '--exclude',
      '--exclude says "a", but why.',
      'rowproof.yaml:3: exclude says "a", but why.',
      { setting: 'exclude', flag: '--exclude', given: 'exclude' },
    ],
  ])('about %s names the key of the file and its line', (word, message, told, option) => {
    const error = explain(optionError({ option: word, message, hint: '' }));
    expect(error).toMatchObject({ code: 'usage', message: told, option });
  });

  it('keeps its cause', () => {
    const cause = new Error('syntax');
    expect(
      explain(optionError({ option: '--where', message: '--where is none.', hint: '', cause })),
    ).toMatchObject({ cause });
  });
});

describe('an error', () => {
  it('about a flag that was typed stays as it is', () => {
    const error = optionError({ option: '--where', message: '--where says "orders".', hint: '' });
    expect(explain(error, { where: ['orders:id > 2'] })).toBe(error);
  });

  it('that is not about usage stays as it is', () => {
    const error = new RowproofError({ code: 'read', message: '--where was refused.' });
    expect(explain(error)).toBe(error);
  });
});
