import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatReport } from '../../src/report/format-report.js';
import { html } from '../../src/report/html/html-text.js';
import { collectHtmlRows } from '../../src/report/html/rows/html-rows.js';
import { KeyHistogram } from '../../src/report/html/rows/key-histogram.js';
import { chooseScale } from '../../src/report/html/rows/key-scale.js';
import { alignTexts, type TextWindow } from '../../src/report/html/values/align-texts.js';
import { type JsonNode, readJsonNode } from '../../src/report/html/values/json-node.js';
import { formatValueCells } from '../../src/report/html/values/value-cells.js';
import { damagedRun } from './damaged-rows.js';
import { HOSTILE_TEXTS, hostileResult } from './hostile-result.js';
import { mixedResult, sampleResult, sampleTable } from './sample-result.js';

/** What a reader sees of markup. */
const textOf = (markup: string): string =>
  markup.replace(/<[^>]*>/g, '').replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));

describe('the HTML report', () => {
  it('stays below 3 MB at 100,000 differing rows, shows each cause and says how many more rows there are', async () => {
    for (const length of [5, 3000]) {
      const { result, differences } = damagedRun({ rows: 100_000, length });
      const rows = await collectHtmlRows({ result, differences });
      const markup = formatReport(result, { format: 'html', rows });
      expect(Buffer.byteLength(markup)).toBeLessThan(3_000_000);
      const shows = [...markup.matchAll(/<td rowspan="\d+" class="shows">([^<]+)</g)].map(
        ([, cause]) => cause,
      );
      expect(new Set(shows)).toEqual(
        new Set(['letter case', 'cut off', 'constant time shift', 'rounded to a double', 'line ends']),
      );
      const shown = markup.match(/<tbody data-kind="changed"><tr><th scope="rowgroup"/g)?.length ?? 0;
      expect(shown).toBeGreaterThan(25);
      expect(textOf(markup)).toContain(`… and ${(100_000 - shown).toLocaleString('en')} more differing rows`);
      expect(markup).toContain(
        'aria-label="changed rows: 100,000, in 500 of 500 equal stretches of the keys"',
      );
    }
  });

  it('stays below 3 MB with thousands of tables, and says how many it leaves out', () => {
    const { sample } = damagedRun({ rows: 100, length: 2000 }).result.tables[0] ?? sampleTable();
    const tables = Array.from({ length: 3000 }, (_, at) =>
      sampleTable({ target: `public.t${at}`, verdict: 'different', changed: 10, sample }),
    );
    const markup = formatReport(sampleResult(tables), { format: 'html' });
    expect(Buffer.byteLength(markup)).toBeLessThan(3_000_000);
    expect(textOf(markup)).toMatch(/… and [\d,]+ more tables with differing rows/);
    const anchors = [...markup.matchAll(/href="#(table-\d+)"/g)].map(([, anchor]) => anchor);
    expect(anchors.filter((anchor) => !markup.includes(`id="${anchor}"`))).toEqual([]);
    expect(anchors.length).toBeGreaterThan(100);
  });

  it('holds no value where values are hidden', async () => {
    const { result, differences } = damagedRun({ rows: 100, length: 5 });
    const rows = await collectHtmlRows({ result, differences });
    expect(formatReport(result, { format: 'html', rows, showValues: false })).not.toMatch(/value \d|VALUE/);
    expect(formatReport(mixedResult(), { format: 'html', showValues: false })).toContain(
      '<i class="null">hidden</i>',
    );
    expect(formatReport(mixedResult(), { format: 'html' })).not.toContain('hidden</i>');
    expect(formatReport(mixedResult(), { format: 'html' })).toMatch(/lorem|paid/);
    expect(formatReport(mixedResult(), { format: 'html', showValues: false })).not.toMatch(
      /lorem|paid|10\.50|00ff1/,
    );
  });

  it('says on page one how old the proof is, what is hidden, and whether a planted change was found', () => {
    const canaries = [{ way: 'range', outcome: 'found', column: 'status' }] as const;
    const hidden = { values: 'hidden', keys: 'hashed', shownColumns: ['public.orders.status'] } as const;
    const result = {
      ...mixedResult(),
      hidden,
      tables: mixedResult().tables.map((table) => ({ ...table, canaries })),
    };
    const [page = ''] = textOf(formatReport(result, { format: 'html' })).split('Never checked by this run');
    expect(page).toContain(
      'between 2025-01-01T02:00:00.000Z and 2025-01-01T02:03:12.000Z; what was written later',
    );
    expect(page).toContain(
      'a value that was changed after it was read was found in 6 tables: by key ranges in 6',
    );
    expect(page).toContain('values of rows, but for public.orders.status');
  });

  it('says page one of every verdict, and never more than was proved', () => {
    const answerOf = (verdict: 'verified' | 'different' | 'unverified' | 'sampled' | 'counted') =>
      /May the target take over\? (\w+)/.exec(
        textOf(formatReport(sampleResult([sampleTable()], { verdict }), { format: 'html' })),
      )?.[1];
    expect(answerOf('verified')).toBe('Yes');
    expect(answerOf('different')).toBe('No');
    expect(answerOf('unverified')).toBe('Nobody');
    expect(answerOf('sampled')).toBe('Not');
    expect(answerOf('counted')).toBe('Not');
    const toneOf = (verdict: 'verified' | 'sampled') =>
      /class="verdict (\w+)"/.exec(
        formatReport(sampleResult([sampleTable()], { verdict }), { format: 'html' }),
      )?.[1];
    expect([toneOf('verified'), toneOf('sampled')]).toEqual(['good', 'warn']);
    const stopped = sampleResult([sampleTable()], { verdict: 'unverified', interrupted: true });
    expect(textOf(formatReport(stopped, { format: 'html' }))).toContain(
      'The run was stopped before its end.',
    );
  });

  it('shows rows without a key by their values and copies, and has no map where keys are text', () => {
    const values = { path: '/a', viewed: '2024-01-01' };
    const columns = Object.keys(values);
    const bag = sampleTable({
      verdict: 'different',
      key: [],
      missing: 2,
      sample: [
        {
          kind: 'missing',
          key: null,
          columns,
          source: values,
          target: values,
          sourceCopies: 3,
          targetCopies: 1,
        },
      ],
    });
    const named = sampleTable({
      target: 'public.named',
      verdict: 'different',
      key: ['code'],
      extra: 1,
      sample: [
        { kind: 'extra', key: { code: 'x-1' }, columns: ['code'], source: null, target: { code: 'x-1' } },
      ],
    });
    const text = textOf(formatReport(sampleResult([bag, named]), { format: 'html' }));
    expect(text).toContain('whole row3 × path /aviewed 2024-01-011 × path /aviewed 2024-01-01');
    expect(text.match(/There is no map of where rows differ/g)).toHaveLength(1);
    expect(text).toContain('no rowcode x-1');
  });

  it('has no markup but its own, whatever a server says', () => {
    const markup = formatReport(hostileResult(), { format: 'html' });
    const [, body = ''] = markup.split('<body>');
    const tags = new Set([...body.matchAll(/<([a-z]\w*)/gi)].map(([, tag]) => tag));
    expect(
      [...tags].filter((tag) =>
        /^(img|iframe|object|embed|link|meta|style|form|input|base)$/.test(tag ?? ''),
      ),
    ).toEqual([]);
    expect(body.match(/<script/g)).toHaveLength(1);
    // No quote of a value ends the attribute that it stands in.
    const names = body.replace(/"[^"]*"/g, '""');
    expect(names).not.toMatch(/<[^>]*\s(on\w+|style|srcdoc|src)=/i);
    expect(body).not.toMatch(/href="(?!#)/);
    expect(markup).not.toMatch(/[^\P{C}\n]/u);
    expect(markup).not.toMatch(/^\s*::|##[\w.-]*\[/m);
  });
});

describe('markup', () => {
  it('is made of templates only: every other text is escaped, in attributes too', () => {
    for (const text of HOSTILE_TEXTS) {
      const { markup } = html`<p title="${text}">${text}</p>`;
      expect(markup.match(/[<>"'`]/g)?.length).toBe(6);
    }
    expect(html`${'##[x] ::'}`.markup).toBe(
      '&#35;&#35;[x] :&#58;'.replace('&#35;&#35;', '#&#35;').replace(':&#58;', '&#58;:'),
    );
  });
});

describe('the alignment of two texts', () => {
  const character = fc.oneof(fc.constantFrom('a', 'b', ' ', 'é', '🎈'), fc.string({ maxLength: 1 }));
  const text = fc.array(character, { maxLength: 60 }).map((parts) => parts.join(''));

  it('shows each side as it is, and marks what differs', () => {
    fc.assert(
      fc.property(text, text, text, text, (head, source, target, tail) => {
        const pair = { source: `${head}${source}${tail}`, target: `${head}${target}${tail}` };
        const windows = alignTexts(pair);
        for (const side of ['source', 'target'] as const) {
          const { before, pieces, after } = windows[side];
          const shown = pieces.map((piece) => piece.text).join('');
          expect(shown).toBe(pair[side].slice(before, pair[side].length - after));
        }
        const unmarked = (side: 'source' | 'target') =>
          windows[side].pieces
            .filter(({ isMarked }) => !isMarked)
            .map((piece) => piece.text)
            .join('');
        expect(unmarked('source') === unmarked('target') || windows.source.pieces.length > 0).toBe(true);
        if (pair.source === pair.target)
          expect(windows.source.pieces.some(({ isMarked }) => isMarked)).toBe(false);
        else
          expect([...windows.source.pieces, ...windows.target.pieces].some(({ isMarked }) => isMarked)).toBe(
            true,
          );
      }),
    );
  });

  it('cuts no character in two', () => {
    const marked = ({ pieces }: TextWindow) =>
      pieces.filter(({ isMarked }) => isMarked).map((piece) => piece.text);
    const { source, target } = alignTexts({ source: 'a😀b', target: 'a😁b' });
    expect([marked(source), marked(target)]).toEqual([['😀'], ['😁']]);
    const tails = alignTexts({ source: '\ud83d\ude00', target: '\ud83e\ude00' });
    expect(marked(tails.source)).toEqual(['\ud83d\ude00']);
  });

  it('finds several places, and a place far behind', () => {
    const marked = (source: string, target: string) =>
      alignTexts({ source, target })
        .source.pieces.filter(({ isMarked }) => isMarked)
        .map((piece) => piece.text);
    expect(marked('The quick brown fox', 'The quack brown fax')).toEqual(['i', 'o']);
    const long = 'lorem ipsum '.repeat(1_000_000);
    const { source } = alignTexts({ source: `${long}a${long}`, target: `${long}b${long}` });
    expect(source.before).toBe(long.length - 40);
    expect(source.pieces.map((piece) => piece.text.length)).toEqual([40, 1, 40]);
  });
});

describe('a pair of values', () => {
  const cells = (source: Parameters<typeof formatValueCells>[0]['source'], target: typeof source) =>
    formatValueCells({ source, target }).map(({ markup }) => markup);

  it('shows what is not seen by its code point, and texts that look alike too', () => {
    expect(cells('a\u202eb', 'ab')[0]).toContain('title="U+202E"');
    expect(cells('a\u200b', 'a')[0]).toContain('<mark><b class="unseen" title="U+200B">U+200B</b></mark>');
    expect(cells('Zo\u00eb', 'Zoe\u0308')).toEqual([
      expect.stringContaining('U+00EB'),
      expect.stringContaining('U+0308'),
    ]);
    expect(cells('x ', 'x')[0]).toContain('title="U+0020">SP</b>');
    expect(cells('x\ny', 'x y')[0]).toContain('↵');
  });

  it('tells NULL from its name, and an empty text from none', () => {
    expect(cells(null, 'NULL')[0]).toBe('<i class="null">NULL</i>');
    expect(cells(null, 'NULL')[1]).toContain('<code');
    expect(cells('', null)).toEqual(['<i class="null">empty text</i>', '<i class="null">NULL</i>']);
    expect(cells('empty text', '')[0]).toContain('<code dir="auto"><mark>empty text</mark></code>');
  });

  it('shows bytes in hex, of which those that differ are marked', () => {
    const [left = '', right = ''] = cells({ hex: '00ff10aa' }, { hex: '00ff11aa' });
    expect(textOf(left)).toBe('00ff10aa (4 bytes)');
    expect(left).toContain('<mark>10</mark>');
    expect(right).toContain('<mark>11</mark>');
  });

  it('shows JSON as a tree in which what is equal is not marked, and numbers keep their digits', () => {
    const [left = '', right = ''] = cells(
      '{"a": 1, "b": {"c": [1, 2], "d": 10000000000000000000001}}',
      '{"b": {"d": 10000000000000000000002, "c": [1, 2]}, "a": 1, "e": true}',
    );
    expect([...left.matchAll(/<mark>(.*?)<\/mark>/g)].map(([, text]) => text)).toEqual([
      '10000000000000000000001',
    ]);
    expect([...right.matchAll(/<mark>(.*?)<\/mark>/g)].map(([, text]) => text)).toEqual([
      '10000000000000000000002',
      'true',
    ]);
    expect(left).toContain('1 only on the other side');
  });
});

describe('the reader of JSON', () => {
  const toValue = (node: JsonNode): unknown =>
    node.kind === 'leaf'
      ? JSON.parse(node.text)
      : node.kind === 'array'
        ? node.items.map(toValue)
        : Object.fromEntries(node.members.map(([name, each]) => [JSON.parse(name), toValue(each)]));

  it('reads what JSON.parse reads, and nothing else', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.array(fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue())),
        fc.constantFrom(0, 2),
        (value, indent) => {
          const text = JSON.stringify(value, null, indent);
          const node = readJsonNode(text);
          // Deep documents, and characters that JSON need not escape, are shown as text.
          if (node !== null) expect(toValue(node)).toEqual(JSON.parse(text));
          else expect(text).toMatch(/\p{Cc}|(\[|\{){30}/u);
        },
      ),
    );
    for (const text of [
      '{',
      '[1,]',
      '{"a"}',
      '{a:1}',
      '[1] x',
      '[01]',
      '{"a":1,}',
      '1',
      '"x"',
      '',
      '[[[',
      '['.repeat(5000),
    ])
      expect(readJsonNode(text)).toBeNull();
  });
});

describe('the histogram of keys', () => {
  it('keeps every row however many keys there are, in bins that hold them', () => {
    fc.assert(
      fc.property(
        fc.array(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), { maxLength: 3000 }),
        (places) => {
          const histogram = new KeyHistogram();
          for (const place of places) histogram.add(place, 'missing', 1);
          const bins = histogram.list();
          expect(bins.length).toBeLessThanOrEqual(1024);
          expect(bins.reduce((sum, { counts }) => sum + counts.missing, 0)).toBe(places.length);
          const holds = (place: bigint) =>
            bins.some(({ from }) => from <= place && place < from + histogram.width);
          expect(places.every(holds)).toBe(true);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('has no more bins for more keys', () => {
    const histogram = new KeyHistogram();
    for (let place = 0n; place < 10_000n; place++) histogram.add(place * 7n, 'extra', 2);
    const bins = histogram.list();
    expect(bins.length).toBeLessThanOrEqual(1024);
    expect(bins.reduce((sum, { counts }) => sum + counts.extra, 0)).toBe(20_000);
    expect(histogram.range).toEqual({ first: 0n, last: 69_993n });
  });

  it.each([
    ['42', 'number', '42'],
    ['-1234567', 'number', '-1,234,567'],
    ['2024-05-06 07:08:09.5', 'time', '2024-05-06 07:08:09'],
    ['2024-05-06', 'time', '2024-05-06 00:00:00'],
    ['550e8400-e29b-41d4-a716-446655440000', 'bytes', '550e8400e29b…'],
    [{ hex: '00ff' }, 'bytes', '00ff00000000…'],
  ])('has a scale for %j: %s', (value, kind, words) => {
    const scale = chooseScale(value);
    expect(scale?.kind).toBe(kind);
    expect(scale?.format(scale.place(value) ?? 0n)).toBe(words);
  });

  it('has none for text, whose order is the server’s affair', () => {
    expect(chooseScale('order-17')).toBeNull();
    expect(chooseScale(null)).toBeNull();
  });
});
