import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseConfigFile } from '../../src/config/parse-config-file.js';
import { RowproofError } from '../../src/core/errors.js';
import type { RunResult } from '../../src/core/result.js';
import { REPORT_FORMATS } from '../../src/report/report-formats.js';
import { parseSavedResult } from '../../src/report/saved-result.js';
import { guardText } from '../../src/report/visible-text.js';
import { sampleResult, sampleTable } from '../report/sample-result.js';
import { fuzz, fuzzTimeoutMs, hostileText, mutated } from './fuzz.js';

const CONFIG = `source: mysql://reader:\${PASSWORD}@old/shop
target: postgres://reader@new/shop
tables: [orders, "customer*"]
tableSettings:
  orders: &orders { where: "id > 5", key: [id], relax: { note: [trim] } }
  items: *orders
report: [table, json=run.json]
workers: 2
`;

const RESULT = sampleResult([
  sampleTable({
    verdict: 'different',
    changed: 1,
    changedColumns: { note: 1 },
    findings: [{ code: 'chunk-unverified', message: 'a chunk', hint: 'again' }],
    diagnoses: [
      {
        cause: 'truncated',
        confidence: 'likely',
        columns: ['note'],
        rows: 1,
        evidence: { detail: 'at 20 characters', of: 1, examples: [] },
      },
    ],
    sample: [
      { kind: 'changed', key: { id: '7' }, columns: ['note'], source: { note: 'a' }, target: { note: null } },
    ],
  }),
]);

const CONTROL = /[^\P{Cc}\n]/u;
/** What some build server would take for a command. */
const COMMAND = /^\s*::|##[\w.-]*\[/m;

/** Values that a field of a file may be set to. */
const hostileValue = (): fc.Arbitrary<unknown> =>
  fc.oneof(
    hostileText(),
    fc.constantFrom(
      null,
      true,
      -1,
      1e308,
      Number.MAX_SAFE_INTEGER,
      [],
      {},
      'constructor',
      '__proto__',
      'toString',
    ),
    fc.array(hostileText(), { maxLength: 3 }),
    fc.dictionary(hostileText(), hostileText(), { maxKeys: 3 }),
  );

/** Every place of a value, by its steps. */
function placesOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([name, inner]) => placesOf(inner, [...path, name]))];
}

function withValue(root: unknown, [first, ...rest]: readonly string[], value: unknown): unknown {
  if (first === undefined) return value;
  const copy = (Array.isArray(root) ? [...root] : { ...(root as object) }) as Record<string, unknown>;
  copy[first] = withValue(copy[first], rest, value);
  return copy;
}

/** Runs what may refuse its input, but only with an error that says what is wrong with it. */
function attempt<Result>(work: () => Result): Result | null {
  try {
    return work();
  } catch (error) {
    if (error instanceof RowproofError && error.code === 'usage') return null;
    throw error;
  }
}

function render(text: string): void {
  const result = attempt(() => parseSavedResult(text, 'run.json'));
  if (result === null) return;
  const table = guardText(REPORT_FORMATS.table(result, { color: false, width: 80, showValues: true }));
  expect(table).not.toMatch(CONTROL);
  expect(table).not.toMatch(COMMAND);
  const json = REPORT_FORMATS.json(result, { color: false, width: 80, showValues: true });
  expect(json).not.toMatch(CONTROL);
  expect(json).not.toMatch(COMMAND);
  expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(result)));
}

describe('files of a stranger', () => {
  it('are a config or a usage error that holds no variable', { timeout: fuzzTimeoutMs(2) }, async () => {
    const variables = { PASSWORD: 'Gehe1m!' };
    const read = (text: string) => {
      try {
        parseConfigFile({ path: 'rowproof.yaml', text, variables });
      } catch (error) {
        if (!(error instanceof RowproofError) || error.code !== 'usage') throw error;
        expect(`${error.message} ${error.hint}`).not.toContain('Gehe1m!');
      }
    };
    await fuzz('config bytes', mutated(Buffer.from(CONFIG)), (bytes) => read(bytes.toString('utf8')));
    const lines = CONFIG.split('\n');
    const swapped = fc.tuple(
      fc.nat(lines.length - 1),
      hostileText(),
      fc.constantFrom('', '"', '*', '&', '!', '<<: '),
    );
    await fuzz('config lines', swapped, ([at, text, mark]) =>
      read(
        lines
          .map((line, index) => (index === at ? `${line.split(':')[0]}: ${mark}${text}` : line))
          .join('\n'),
      ),
    );
  });

  it('are a report without anything that obeys, or a usage error', {
    timeout: fuzzTimeoutMs(2),
  }, async () => {
    const places = placesOf(RESULT);
    const changed = fc.array(fc.tuple(fc.nat(places.length - 1), hostileValue()), {
      minLength: 1,
      maxLength: 3,
    });
    await fuzz('saved fields', changed, (changes) => {
      const value = changes.reduce<unknown>(
        (result, [at, each]) => attemptSet(result, places[at] ?? [], each),
        RESULT,
      ) as RunResult;
      render(JSON.stringify(value));
    });
    await fuzz('saved bytes', mutated(Buffer.from(JSON.stringify(RESULT))), (bytes) =>
      render(bytes.toString('utf8')),
    );
  });
});

/** A place may be gone because an earlier change replaced what it was in. */
function attemptSet(root: unknown, path: readonly string[], value: unknown): unknown {
  const parent = path
    .slice(0, -1)
    .reduce<unknown>((each, step) => (each as Record<string, unknown> | null)?.[step], root);
  return typeof parent === 'object' && parent !== null ? withValue(root, path, value) : root;
}
