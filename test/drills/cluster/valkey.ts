/** The master of several Valkeys is gone: Sentinels make another one, and nobody is asked. */
import { drillOf } from '../faults/under-load.ts';

export const valkeyFailover = drillOf({
  name: 'valkey-failover',
  about: 'The master of three Valkeys is killed and stays dead; three Sentinels make another one.',
  sentinels: true,
  async make({ platform, over }) {
    const [master] = await platform.valkeys!.masters();
    await master!.service.kill();
    // Nobody does anything from here on.
    over();
    return 'Another Valkey became the master, and every replica of the API found it.';
  },
});
