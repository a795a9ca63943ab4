import type { RowDifference } from '../../src/core/difference.js';
import type { RunResult, TableResult } from '../../src/core/result.js';
import { sampleResult, sampleTable } from './sample-result.js';

/** What somebody could put into a database to be obeyed by whatever shows it. */
export const HOSTILE_TEXTS: readonly string[] = [
  'a\n::error::taken',
  '::set-output name=x::y',
  '##vso[task.complete]##[group]',
  '%0A::warning::percent',
  '``` code `` fence `',
  '@team and #17 and GH-1',
  '[link](https://evil.example) ![i](https://evil.example/x.png) https://evil.example',
  '| cell | \\| cell \\',
  'a ]]> b <!-- c --> &amp; & <![CDATA[',
  '<script>window.taken=1</script><img src=x onerror="window.taken=1">',
  '"><svg/onload=window.taken=1>\' onfocus=window.taken=1 autofocus x="',
  '</script></style></title></textarea><b>bold',
  'control \u0000\u0001\u001b[31m\u007f\u009b end',
  'lone \ud800 and \udfff',
  'bidi \u202e txt.exe \u2066x\u2069 \u200e',
  'invisible \u200b\u00ad\ufeff\u2028\u2029\u{e0041} end',
  'x" 1\nrowproof_verdict{verdict="verified"} 1',
  '\\u0001 and \u0001',
  '  edges  ',
  '$x^2$ :smile: **bold** _it_ ~~no~~ <!-- -->',
  '{{constructor.constructor("taken")()}} ${taken}',
];

function hostileTable(text: string): TableResult {
  const sample: readonly RowDifference[] = [
    {
      kind: 'changed',
      key: { [text]: text },
      columns: [text],
      source: { [text]: text },
      target: { [text]: `${text}!` },
    },
    { kind: 'extra', key: { [text]: text }, columns: [text], source: null, target: { [text]: text } },
  ];
  return sampleTable({
    source: `shop.${text}`,
    target: `public.${text}`,
    verdict: 'different',
    key: [text],
    extra: 1,
    changed: 1,
    changedColumns: { [text]: 1 },
    columns: [{ source: text, target: text, compared: false, reason: text }],
    findings: [
      { code: 'chunk-unverified', message: `Cannot read ${text}`, hint: text },
      { code: 'extra-column', message: text, hint: '' },
    ],
    diagnoses: [
      {
        cause: 'letter-case',
        confidence: 'proved',
        columns: [text],
        rows: 1,
        evidence: {
          detail: text,
          of: 1,
          examples: [{ key: { [text]: text }, column: text, source: text, target: `${text}!` }],
        },
        relaxation: text,
      },
    ],
    sample,
  });
}

/** A run in which every name, value and message is hostile. */
export function hostileResult(texts: readonly string[] = HOSTILE_TEXTS): RunResult {
  const all = texts.join(' ');
  const tables = texts.map(hostileTable);
  return sampleResult([...tables, sampleTable()], {
    interrupted: true,
    scope: {
      notChecked: [...texts],
      excluded: [...texts],
      conditions: texts.map((text) => ({ table: text, source: text, target: null })),
      relaxations: texts.map((column) => ({ column, remarks: [column] })),
      assumptions: texts.map((column) => ({ column, remarks: [column] })),
    },
    source: { engine: 'mysql', product: all, version: all, url: all },
    target: { engine: 'postgresql', product: all, version: all, url: all },
    findings: texts.map((message) => ({ code: 'catalog-partial', message, hint: message })),
  });
}
