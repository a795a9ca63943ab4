import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { completeWords, formatCompletionScript } from '../../src/cli/completion.js';
import { runCli } from '../../src/cli/run-cli.js';
import { fakeIo, noApply, noPlan } from './fake-io.js';

async function run(argv: readonly string[]) {
  const io = fakeIo();
  const exitCode = await runCli(argv, io, { verify: noPlan, plan: noPlan, apply: noApply });
  return { exitCode, ...io.written };
}

describe('completions', () => {
  it('are commands first, then the flags of the command', () => {
    expect(completeWords([''])).toEqual([
      ...['verify', 'watch', 'plan', 'preflight', 'cutover', 'resume', 'runs', 'merge', 'init', 'report'],
      ...['waive', 'baseline', 'history', 'apply', 'evidence', 'completion'],
    ]);
    expect(completeWords(['baseline', ''])).toEqual(['accept']);
    expect(completeWords(['ver'])).toEqual(['verify']);
    expect(completeWords(['verify', '--mo'])).toEqual(['--mode']);
    expect(completeWords(['init', '--'])).toEqual(['--source', '--target', '--output', '--help']);
    expect(completeWords(['plan', '--repa'])).toEqual([]);
  });

  it.each([
    [
      ['verify', '--mode', ''],
      ['full', 'spot', 'count'],
    ],
    [['verify', '--mode', '=', 's'], ['spot']],
    [
      ['verify', '--mode', '='],
      ['full', 'spot', 'count'],
    ],
    [['verify', '--mode=s'], ['--mode=spot']],
    [['plan', '--match-names', 's'], ['snake-case']],
    [['evidence', ''], ['check']],
    [
      ['completion', ''],
      ['bash', 'zsh'],
    ],
    [['verify', '--report', 'json=run.json', 't'], ['table']],
  ])('of %j are the values %j', (words, values) => {
    expect(completeWords(words)).toEqual(values);
  });

  it('leave names of files to the shell', () => {
    expect(completeWords(['verify', '--config', ''])).toEqual([]);
    expect(completeWords(['report', ''])).toEqual([]);
    expect(completeWords(['apply', ''])).toEqual([]);
    expect(completeWords(['apply', 'fix.sql', '--dr'])).toEqual(['--dry-run']);
  });

  it('name a flag again only where it may be given again', () => {
    const flags = completeWords(['verify', '--mode', 'full', '--tables', 'orders', '--']);
    expect(flags).toContain('--tables');
    expect(flags).not.toContain('--mode');
  });

  it('are printed for a shell that asks, without a database', async () => {
    expect(await run(['--get-completions', 'verify', '--mode', 'c'])).toEqual({
      exitCode: 0,
      stdout: 'count',
      stderr: '',
    });
  });
});

describe('rowproof completion', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rowproof-completion-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(['bash', 'zsh'])('prints a script for %s', async (shell) => {
    const { exitCode, stdout } = await run(['completion', shell]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: formatCompletionScript(shell) });
    expect(stdout).toContain('rowproof --get-completions');
  });

  it('refuses other shells in one sentence', async () => {
    expect(await run(['completion', 'fish'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('Expected a shell that is one of bash, zsh, got fish.'),
    });
    expect(await run(['completion'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('Expected the name of a shell, got none.'),
    });
  });

  it('makes bash complete what stands before the cursor', () => {
    const program = fileURLToPath(new URL('../../bin/rowproof.js', import.meta.url));
    writeFileSync(join(folder, 'rowproof'), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`);
    chmodSync(join(folder, 'rowproof'), 0o755);
    const script = `${formatCompletionScript('bash')}
COMP_WORDS=(rowproof verify --mode s --quiet)
COMP_CWORD=3
_rowproof_completions
printf '%s\\n' "\${COMPREPLY[@]}"`;
    const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
    expect(execFileSync('bash', ['-c', script], { encoding: 'utf8', env })).toBe('spot\n');
  });
});
