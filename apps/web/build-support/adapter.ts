/**
 * Writes the build where the API finds it: `build/client` (files) and
 * `build/server/index.js` (exports `server` with init and respond; self-contained).
 */
import { rmSync } from 'node:fs';
import type { Adapter } from '@sveltejs/kit';

export function apiAdapter(): Adapter {
  return {
    name: 'homepage-api',
    async adapt(builder) {
      const out = 'build';
      rmSync(out, { recursive: true, force: true });
      builder.writeClient(`${out}/client`);
      builder.writeServer(`${out}/server/app`);
      builder.generateServerInstance(`${out}/server/index.js`, { serverDirectory: `${out}/server/app` });
      await builder.compress(`${out}/client`);
    },
    emulate: () => ({
      // In development the API runs Vite inside its own process and leaves its data here.
      platform: () => (globalThis as { homepagePlatform?: App.Platform }).homepagePlatform as App.Platform,
    }),
  };
}
