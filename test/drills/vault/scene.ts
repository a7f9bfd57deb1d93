/** Both Vaults, a service that asks the primary all the time, and what must work afterwards. */
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { makeNetwork, type Service } from '@homepage/testkit/services';
import { startVaults, type SignIn, type Vaults } from '@homepage/testkit/vaults';
import { sealStatus, type Vault } from '@homepage/vault';
import type { Drill, Length } from '../outcome.ts';
import { ownsItsNetwork } from '../own-network.ts';

const ASK_EVERY_MS = 20;
const SECRET = 'kv/data/prod/valkey/user-api';
const CERTIFICATE = 'pki-prod/issue/api';

export type Scene = {
  vaults: Vaults;
  length: Length;
  load: Load;
  say: (what: string) => void;
  /** Starts a server as a kubelet does: again and again until it stays. */
  startAgain(service: Service): Promise<void>;
  /**
   * Waits until the primary opened itself and gives what it gave before. @returns seconds that it took
   * @throws Error when it does not within a minute
   */
  recovered(): Promise<number>;
};

type Result = { broken: string[]; detail: string; recoverySeconds: number | null };
export type Act = (scene: Scene) => Promise<Result>;

export function drillOf(name: string, about: string, act: Act): Drill {
  return {
    name,
    about,
    async run(say, length) {
      const network = ownsItsNetwork() ? makeNetwork() : undefined;
      const vaults = await startVaults();
      try {
        const files = await vaults.signInFiles('prod', 'api');
        const signInAgain = (): Promise<Vault> => signIn(vaults, files);
        const service = await signInAgain();
        const load = new Load(service);
        const scene: Scene = {
          vaults,
          length,
          load,
          say,
          startAgain: (server) => startAgain(server),
          recovered: () => recovered(vaults, service, signInAgain),
        };
        const result = await act(scene);
        await load.stop();
        return { requests: load.requests, failed: load.failed, lost: 0, ...result };
      } finally {
        await vaults.remove();
        network?.remove();
      }
    },
  };
}

/** Reads of a secret, one after the other. Those in a moment for which nothing is promised are not counted as failed. */
export class Load {
  requests = 0;
  failed = 0;
  /** of those that failed in a moment for which nothing is promised */
  refused = 0;
  promised = true;
  #going = true;
  readonly #done: Promise<void>;

  constructor(service: Vault) {
    this.#done = this.#ask(service);
  }

  async stop(): Promise<void> {
    this.#going = false;
    await this.#done;
  }

  async #ask(service: Vault): Promise<void> {
    while (this.#going) {
      const { promised } = this;
      this.requests++;
      await service.ask('GET', SECRET, undefined, { again: false }).catch(() => {
        if (promised && this.promised) this.failed++;
        else this.refused++;
      });
      await wait(ASK_EVERY_MS);
    }
  }
}

/** As the agent beside the API does. */
async function signIn({ primary }: Vaults, { roleIdFile, secretIdFile }: SignIn): Promise<Vault> {
  const [role_id, secret_id] = [roleIdFile, secretIdFile].map((file) => readFileSync(file, 'utf8'));
  const { auth } = await primary.client.make('auth/approle/login', {
    role_id: role_id!,
    secret_id: secret_id!,
  });
  return primary.client.as(auth!.client_token);
}

async function startAgain(service: Service): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await service.start();
    } catch (error) {
      if (attempt === 30) throw error;
      await wait(500);
    }
  }
}

const RECOVERED_WITHIN_MS = 60_000;

async function recovered(vaults: Vaults, service: Vault, signInAgain: () => Promise<Vault>): Promise<number> {
  const start = performance.now();
  for (;;) {
    try {
      const { sealed } = await sealStatus(vaults.primary.client);
      if (sealed) throw new Error('the primary is sealed');
      // Who was signed in still is; what it may have is still there; new certificates come; new ones may sign in.
      await service.read(SECRET);
      await service.make(CERTIFICATE, { common_name: 'homepage-api' });
      await signInAgain();
      return (performance.now() - start) / 1000;
    } catch (error) {
      if (performance.now() - start > RECOVERED_WITHIN_MS) throw error;
      await wait(100);
    }
  }
}
