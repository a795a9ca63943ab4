import { isPartlyUnverified } from '../core/partly-unverified.js';
import type { RunResult } from '../core/result.js';
import type { Paint, Tone } from './paint.js';
import { listScope } from './scope-sentences.js';
import { listFindings, listSkippedColumns } from './told-findings.js';
import { wrapWords } from './wrap-text.js';

interface Listing {
  readonly result: RunResult;
  readonly width: number;
  readonly paint: Paint;
}

/** Every finding with its code and hint, those that decide the verdict first; one text per section. */
export function formatFindings({ result, width, paint }: Listing): string[] {
  return listFindings(result).map(({ title, tone, findings }) => {
    const lines = findings.flatMap(({ text, hint }) => [
      ...paragraph(text, width),
      ...(hint === '' ? [] : paragraph(`→ ${hint}`, width, '    ')),
    ]);
    return [paint(tone, title), ...lines].join('\n');
  });
}

/** What the run did not look at: columns and tables left out on request, and what no run of this kind checks. */
export function formatScope({ result, width, paint }: Listing): string {
  const lines = listScope(result).flatMap((text) => paragraph(text, width));
  return [paint('strong', 'Scope'), ...lines].join('\n');
}

/** Columns that were not compared and that no finding speaks of, each with its reason. */
export function formatSkippedColumns({ result, width, paint }: Listing): string {
  const lines = listSkippedColumns(result).flatMap((text) => paragraph(text, width));
  const tone: Tone = result.tables.some(isPartlyUnverified) ? 'warn' : 'strong';
  return lines.length === 0 ? '' : [paint(tone, 'Columns that were not compared'), ...lines].join('\n');
}

function paragraph(text: string, width: number, indent = '  '): string[] {
  const [first = '', ...rest] = wrapWords(text, width - indent.length - 2);
  return [`${indent}${first}`, ...rest.map((line) => `${indent}  ${line}`)];
}
