/** The Vaults that the environment names, each asked once whether it is open. */
import { join } from 'node:path';
import { loadDotEnv, Problem } from '@homepage/platform';
import { sealStatus, type SealStatus, type ServerKind, type Vault } from '@homepage/vault';
import type { Shell } from '../../../shell.ts';
import { openVault, sealTokenFileOf } from '../../vault/server.ts';

const ADDRESS: Record<ServerKind, string> = { primary: 'VAULT_ADDR', bootstrap: 'VAULT_BOOTSTRAP_ADDR' };

export class VaultPatient {
  readonly shell: Shell;
  readonly #opened = new Map<ServerKind, Vault>();
  readonly #status = new Map<ServerKind, Promise<SealStatus>>();

  constructor(shell: Shell) {
    this.shell = shell;
  }

  isNamed(server: ServerKind): boolean {
    try {
      loadDotEnv(this.shell.repository);
    } catch {
      // What is wrong with it is another check's answer.
    }
    return Boolean(this.shell.env[ADDRESS[server]]);
  }

  get sealTokenFile(): string | undefined {
    return sealTokenFileOf(this.shell, {});
  }

  /** deploy/vault */
  get folder(): string {
    return join(this.shell.repository, 'deploy/vault');
  }

  /** VAULT_TOKEN is of the primary; the bootstrap is asked as nobody. */
  server(server: ServerKind): Vault {
    let vault = this.#opened.get(server);
    if (!vault) {
      const opened = openVault(this.shell, { address: this.shell.env[ADDRESS[server]]! });
      vault = server === 'primary' ? opened : opened.as(undefined);
      this.#opened.set(server, vault);
    }
    return vault;
  }

  /** @throws Problem of why it does not answer */
  async status(server: ServerKind): Promise<SealStatus> {
    let status = this.#status.get(server);
    if (!status) {
      status = sealStatus(this.server(server));
      this.#status.set(server, status);
    }
    return status;
  }

  /** For checks that need its answer; why there is none is the first check's. */
  async answering(server: ServerKind): Promise<Vault> {
    await this.status(server).catch((cause: unknown) => {
      throw notChecked(`the ${server} Vault cannot be asked`, cause);
    });
    return this.server(server);
  }

  async open(server: ServerKind): Promise<Vault> {
    const vault = await this.answering(server);
    const { initialised, sealed } = await this.status(server);
    if (!initialised || sealed) throw notChecked(`the ${server} Vault is not open`);
    return vault;
  }

  /** Why VAULT_TOKEN does not do is another check's answer. */
  async signedIn(): Promise<Vault> {
    const vault = await this.open('primary');
    if (vault.token === undefined) throw notChecked('nobody is signed in to Vault');
    await vault.read('auth/token/lookup-self').catch((cause: unknown) => {
      throw notChecked('Vault does not take the token', cause);
    });
    return vault;
  }

  close(): void {
    for (const vault of this.#opened.values()) vault.close();
  }
}

function notChecked(why: string, cause?: unknown): Problem {
  return new Problem('NOT_CHECKED', `Not checked: ${why}.`, {
    fix: 'Mend what the checks above say first, then run `homepage doctor` again.',
    cause,
  });
}
