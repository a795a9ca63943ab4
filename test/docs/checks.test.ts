import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CHECKS } from '../../src/checks/list.js';

const page = readFileSync(new URL('../../docs/checks.md', import.meta.url), 'utf8');

describe('the page of checks', () => {
  it('has a section for each check, below its group, and for no other', () => {
    const told: string[] = [];
    let group = '';
    for (const line of page.split('\n')) {
      if (line.startsWith('## ')) group = line.slice(3);
      if (line.startsWith('### ')) told.push(`${group}: ${line.slice(4)}`);
    }
    expect(told.toSorted()).toEqual(CHECKS.map(({ group: of, id }) => `${of}: ${id}`).toSorted());
  });

  it('says of each how much it weighs', () => {
    for (const { id, weight } of CHECKS) {
      const section = page.split(`### ${id}\n`)[1]?.split('\n### ')[0] ?? '';
      expect(section.trim(), id).toMatch(weight === 'essential' ? /^Essential/ : /^Advice/);
    }
  });
});
