import { describe, expect, it } from 'vitest';
import { coversTable, grantsSchema, matchesLike } from '../../src/engines/mysql/grants.js';

describe('a pattern of a grant', () => {
  it.each([
    ['%', '', true],
    ['', '', true],
    ['', 'a', false],
    ['a%b', 'ab', true],
    ['a%b', 'axxbxb', true],
    ['a%b', 'axxbx', false],
    ['%a_c%', 'xxabcabd', true],
    ['_', '', false],
    ['a\\%', 'a%', true],
    ['a\\%', 'ab', false],
    ['a.c', 'abc', false],
  ])('%j fits %j: %s', (pattern, name, fits) => {
    expect(matchesLike(pattern, name)).toBe(fits);
  });
});

describe('a line of SHOW GRANTS', () => {
  it.each([
    ['GRANT ALL PRIVILEGES ON *.* TO `a`@`%`', true],
    ['GRANT INSERT, SELECT ON *.* TO `a`@`%`', true],
    ['GRANT SELECT ON `shop`.* TO `a`@`%`', true],
    ['GRANT SELECT ON `sh%`.* TO `a`@`%`', true],
    ['GRANT SELECT ON `sho_`.* TO `a`@`%`', true],
    ['GRANT SELECT ON `sh\\_p`.* TO `a`@`%`', false],
    ['GRANT SELECT ON `shop.`.* TO `a`@`%`', false],
    ['GRANT SELECT (`id`) ON `shop`.`t` TO `a`@`%`', false],
    ['GRANT INSERT, UPDATE ON `shop`.* TO `a`@`%`', false],
    ['GRANT SELECT ON `shop`.`orders` TO `a`@`%`', false],
    ['GRANT USAGE ON *.* TO `a`@`%`', false],
  ])('%s covers the schema shop: %s', (line, covers) => {
    expect(grantsSchema([line], 'shop')).toBe(covers);
  });

  it.each([
    [['GRANT SELECT ON `sh%`.* TO `a`@`%`', 'GRANT INSERT ON `shop`.* TO `a`@`%`'], false],
    [['GRANT INSERT ON `sh%`.* TO `a`@`%`', 'GRANT SELECT ON `shop`.* TO `a`@`%`'], true],
    [['GRANT SELECT ON `sh%`.* TO `r`', 'GRANT INSERT ON `shop`.* TO `a`@`%`'], true],
    [['GRANT SELECT ON *.* TO `a`@`%`', 'GRANT INSERT ON `shop`.* TO `a`@`%`'], true],
    [['GRANT SELECT ON *.* TO `a`@`%`', 'REVOKE SELECT ON `shop`.* FROM `a`@`%`'], false],
  ])('counts only if no nearer one of the same account leaves it out: %j', (lines, covers) => {
    expect(grantsSchema(lines, 'shop')).toBe(covers);
  });

  it.each([
    ['GRANT SELECT ON `shop`.`or``ders` TO `a`@`%`', true],
    ['GRANT SELECT, INSERT ON `shop`.`or``ders` TO `a`@`%`', true],
    ['GRANT SELECT (`id`) ON `shop`.`or``ders` TO `a`@`%`', false],
    ['GRANT SELECT (`id`), INSERT ON `shop`.`or``ders` TO `a`@`%`', false],
    ['GRANT SELECT ON `shop`.`orders` TO `a`@`%`', false],
    ['GRANT SELECT ON `shop2`.`or``ders` TO `a`@`%`', false],
  ])('%s covers every column of the table: %s', (line, covers) => {
    expect(coversTable(line, { schema: 'shop', table: 'or`ders' })).toBe(covers);
  });
});
