import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a certificate says, and whether clients that trust the authority should take it. */
export interface CertificateWish {
  readonly commonName: string;
  /** As OpenSSL writes them: `DNS:localhost`, `IP:127.0.0.1`. */
  readonly names: readonly string[];
  /** Who signs it. */
  readonly signedBy: 'the authority' | 'another authority' | 'itself';
  readonly isExpired: boolean;
}

/** A certificate and its key, in PEM form. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

/** A certificate authority of a test's own, made with the command line of OpenSSL. */
export interface TestAuthority {
  /** The file that clients are given. */
  readonly caPath: string;
  issue(wish: CertificateWish): Certificate;
}

/** Makes an authority, and another one that nobody trusts, in a folder. */
export function createAuthority(folder: string): TestAuthority {
  mkdirSync(folder, { recursive: true });
  const run = (...args: readonly string[]): void => {
    execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  };
  const authorities = { 'the authority': 'trusted', 'another authority': 'other' } as const;
  for (const name of Object.values(authorities)) {
    const files = ['-keyout', `${name}.key`, '-out', `${name}.pem`];
    run(
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      ...files,
      '-days',
      '2',
      '-subj',
      `/CN=${name} authority`,
    );
  }
  let count = 0;
  return {
    caPath: join(folder, 'trusted.pem'),
    issue: ({ commonName, names, signedBy, isExpired }) => {
      const name = `server-${++count}`;
      run(
        'req',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-keyout',
        `${name}.key`,
        '-out',
        `${name}.csr`,
        '-subj',
        `/CN=${commonName}`,
      );
      const extensions = names.length === 0 ? '' : `subjectAltName=${names.join(',')}\n`;
      writeFileSync(join(folder, `${name}.ext`), `${extensions}basicConstraints=CA:FALSE\n`);
      const signer =
        signedBy === 'itself'
          ? ['-signkey', `${name}.key`]
          : [
              '-CA',
              `${authorities[signedBy]}.pem`,
              '-CAkey',
              `${authorities[signedBy]}.key`,
              '-CAcreateserial',
            ];
      // A certificate of no days is over in the second in which it is made.
      const days = isExpired ? '0' : '2';
      run(
        'x509',
        '-req',
        '-in',
        `${name}.csr`,
        ...signer,
        '-days',
        days,
        '-extfile',
        `${name}.ext`,
        '-out',
        `${name}.pem`,
      );
      const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
      return { certificate: read(`${name}.pem`), key: read(`${name}.key`) };
    },
  };
}
