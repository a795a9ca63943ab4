import { expect, it } from 'vitest';
import { withoutPassword } from '../../src/engines/mysql/account.js';

it.each([
  "GRANT USAGE ON *.* TO `u`@`%` IDENTIFIED BY PASSWORD '*SECRET' WITH GRANT OPTION",
  "GRANT USAGE ON *.* TO 'u'@'%' IDENTIFIED VIA ed25519 USING 'SECRET' OR mysql_native_password USING '*SECRET'",
  "GRANT USAGE ON *.* TO `u`@`%`\n  identified with 'mysql_native_password' as '*SECRET' REQUIRE SSL",
])('a grant is told without what identifies the account: %s', (line) => {
  expect(withoutPassword(line)).not.toMatch(/SECRET/);
  expect(withoutPassword(line)).toMatch(/^GRANT USAGE ON \*\.\* TO .u.@.%. IDENTIFIED …$/);
});

it('a grant that says nothing of passwords is told whole', () => {
  const line = 'GRANT SELECT ON `shop`.* TO `u`@`%` WITH GRANT OPTION';
  expect(withoutPassword(line)).toBe(line);
});
