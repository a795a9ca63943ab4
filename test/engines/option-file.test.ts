import { describe, expect, it } from 'vitest';
import { readLoginOptions } from '../../src/engines/mysql/option-file.js';

describe('a password in ~/.my.cnf', () => {
  it.each([
    ['password=plain', 'plain'],
    ['password = s3cret   # of the copy', 's3cret'],
    ['password="with # inside" # and behind', 'with # inside'],
    ["password='it\\'s # inside'", "it's # inside"],
    ['password=tab\\there\\sand\\\\there', 'tab\there and\\there'],
    ['password=un\\known', 'un\\known'],
    ["password=it's#open", "it's#open"],
    ['password="', '"'],
    ['password=#nothing', ''],
    ['# password=commented', undefined],
    ['password=first\r\npassword=last\r', 'last'],
    ['[mysqld]\npassword=theirs', undefined],
  ])('of the lines %j is %j', (lines, password) => {
    expect(readLoginOptions(`[client] # all clients\nuser=reader\n${lines}\n`)).toEqual(
      password === undefined ? { user: 'reader' } : { user: 'reader', password },
    );
  });
});
