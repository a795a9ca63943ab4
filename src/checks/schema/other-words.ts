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
  const { schemas } = context;
  if (withoutSchema(source, schemas.source) === withoutSchema(target, schemas.target)) return null;
  return finding('warning', {
    subject: subjectOf(context, ...names),
    evidence: 'its definition reads otherwise on the target',
    consequence: 'it may do something else',
    advice: 'compare the two definitions',
  });
}

/** Without the schema's own name before the names of what is in it. */
function withoutSchema(text: string, schema: string): string {
  const name = schema.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return plainWords(
    text.replace(new RegExp(`(?:(?<![\\w$.])${name}|\`${name}\`|"${name}")\\s*\\.`, 'g'), ''),
  );
}
