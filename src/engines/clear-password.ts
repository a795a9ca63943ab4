import { RowproofError } from '../core/errors.js';
import type { Finding } from '../core/finding.js';
import type { ConnectionSettings } from './connection-settings.js';
import { provesPeer } from './tls.js';

/** What a password would travel through. */
export type Channel =
  | { readonly kind: 'unix-socket' }
  | { readonly kind: 'plain' }
  | { readonly kind: 'tls'; readonly isOtherHost: boolean };

/** How an engine's URL names what its user can do about a password that others could read. */
export interface PasswordOptions {
  /** The mode that proves who is at the other end. */
  readonly safestMode: string;
  /** The option that lets a password go out in clear. */
  readonly allowing: string;
}

/**
 * Decides whether a server that asks for the password itself gets it, rather than a proof that the account has it.
 *
 * Whoever answers on the address can ask. So the password is sent through a unix socket, through TLS, or because the URL
 * says so; through TLS that does not prove who is at the other end it is sent with a warning.
 */
export class PasswordGate {
  readonly #settings: ConnectionSettings;
  readonly #options: PasswordOptions;
  #channel: Channel = { kind: 'plain' };
  #wasReadable = false;

  constructor(settings: ConnectionSettings, options: PasswordOptions) {
    this.#settings = settings;
    this.#options = options;
  }

  /** Tells what the login goes through, once that is known. */
  set channel(channel: Channel) {
    this.#channel = channel;
  }

  get isEncrypted(): boolean {
    return this.#channel.kind === 'tls';
  }

  /** Whether only the server's machine can read what is sent. */
  get isPrivate(): boolean {
    return this.#channel.kind !== 'plain';
  }

  /** Throws where the password must not be sent as it is; `method` is what the server calls its way to log in. */
  assertClear(method: string): void {
    if (this.#channel.kind === 'tls') {
      this.#wasReadable = this.#channel.isOtherHost && !provesPeer(this.#settings.tls);
      return;
    }
    if (this.isPrivate || this.#settings.password.allowsClear) return;
    const { allowing, safestMode } = this.#options;
    throw new RowproofError({
      code: 'connect',
      message: `The server asks for the password in clear (${method}) on a connection without TLS, and was not given it.`,
      hint: `Use TLS (${safestMode}), or add ${allowing} to the URL where nobody can listen.`,
    });
  }

  /** What the report must say of the login. */
  get findings(): readonly Finding[] {
    if (!this.#wasReadable) return [];
    const { safestMode } = this.#options;
    return [
      {
        code: 'password-readable',
        message: `The password went to ${this.#settings.host} in clear, through TLS that does not prove who is there: a man in the middle could read it.`,
        hint: `Use ${safestMode} with the server's certificate authority.`,
      },
    ];
  }
}
