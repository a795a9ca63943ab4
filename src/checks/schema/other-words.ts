import type { CheckFinding, GateContext } from '../../core/gate/check.js';
import { finding } from '../findings.js';
import { subjectOf } from './paired.js';
import { plainWords } from './server-words.js';

/** Says that a definition reads otherwise on the target. Only servers of one kind use the same words. */
export function otherWords(
  source: string | null,
  target: string | null,
  { names, context }: { readonly names: readonly string[]; readonly context: GateContext },
): CheckFinding | null {
  if (!context.isSameEngine || source === null || target === null) return null;
  if (plainWords(withoutQualifiers(source)) === plainWords(withoutQualifiers(target))) return null;
  return finding('warning', {
    subject: subjectOf(context, ...names),
    evidence: 'its definition reads otherwise on the target',
    consequence: 'it may do something else',
    advice: 'compare the two definitions',
  });
}

/**
 * Without what stands before the names of columns and tables: schemas have other names, and not every version of a server says of
 * which table a column is where there is but one.
 */
function withoutQualifiers(text: string): string {
  const parts = text.split(/('(?:[^']|'')*')/);
  const qualifier = /(?:"(?:[^"]|"")+"|`(?:[^`]|``)+`|(?<![\w$])[A-Za-z_$][\w$]*)\s*\.\s*(?=["`A-Za-z_$*])/g;
  return parts.map((part, index) => (index % 2 === 1 ? part : part.replace(qualifier, ''))).join('');
}
