import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CAUSE_TITLES } from '../../src/core/diagnosis.js';

const page = readFileSync(new URL('../../docs/diagnoses.md', import.meta.url), 'utf8');
const sections = new Map(
  page
    .split(/^### /m)
    .slice(1)
    .map((section) => {
      const [name = '', ...text] = section.split('\n');
      return [name, text.join('\n')];
    }),
);

describe('docs/diagnoses.md', () => {
  it.each(Object.keys(CAUSE_TITLES))(
    'says of %s what it means, where it comes from and what to do',
    (cause) => {
      const section = sections.get(cause) ?? '';
      expect(section).toMatch(/^\n\S.{20,}/);
      expect(section).toMatch(/^\*Origin\*: \S/m);
      expect(section).toMatch(/^\*Remedy\*: \S/m);
    },
  );

  it('has no section of a cause that does not exist', () => {
    const known = new Set([...Object.keys(CAUSE_TITLES), 'latent-double-encoding']);
    expect([...sections.keys()].filter((name) => !known.has(name))).toEqual([]);
  });
});
