import { moveSeal, requireMove, type Move, type Seal, type SealStatus, type Vault } from '@homepage/vault';
import type { Outcome } from '../../outcome.ts';
import type { Shell } from '../../shell.ts';
import { UsageProblem } from '../../usage.ts';

/** Moves the seal of the primary to keys, or back to the bootstrap; its configuration says so before. May be run again. */
export async function migrate(
  shell: Shell,
  vault: Vault,
  to: Seal,
  keys: string[],
  { yes = false }: { yes?: boolean },
): Promise<Outcome> {
  const { moving, status } = await requireMove(vault, to);
  if (moving && !yes) {
    if (!shell.interactive)
      throw new UsageProblem(
        `The seal of the Vault at ${vault.address} would be moved to ${to}, and nobody is there to be asked.`,
        'Add --yes to move it.',
      );
    if (
      !(await shell.ask(
        `${WHAT[to](status)} If Vault itself is killed meanwhile, only a snapshot of before may help. Move the seal of the Vault at ${vault.address}?`,
      ))
    )
      return {
        ok: true,
        json: { address: vault.address, seal: to, changed: false },
        text: 'Nothing was changed.',
      };
  }
  const move = await moveSeal(vault, to, keys);
  const { threshold, shares } = status;
  return {
    ok: true,
    json: { address: vault.address, seal: to, changed: move !== 'already', move, threshold, shares },
    text: asText(to, move, status),
  };
}

const WHAT: Record<Seal, (status: SealStatus) => string> = {
  shamir: ({ threshold, shares }) =>
    `Its recovery keys become its unseal keys: after each start ${threshold} of the ${shares} have to be given, and the bootstrap opens it no more.`,
  transit: ({ threshold, shares }) =>
    `Its unseal keys become recovery keys, ${threshold} of ${shares}: they open it no more, and it opens itself as long as the bootstrap is there.`,
};

function asText(to: Seal, move: Move, { threshold, shares }: SealStatus): string {
  if (move === 'waiting')
    return [
      'This server is open, and has the new seal once the leader has: now do the same with the next, the leader last.',
      'Done it is when "homepage vault status" of each of them speaks of no move any more.',
    ].join('\n');
  const what = move === 'already' ? 'is moved already; nothing was changed' : 'is moved';
  return (
    to === 'shamir'
      ? [
          `The seal ${what}: ${threshold} of the ${shares} recovery keys are unseal keys now, and open the primary after each start.`,
          'Next, before the bootstrap is gone: take the stanza seal "transit" out of its configuration, since it asks a bootstrap at each start',
          'also while it is disabled; restart it; homepage vault unseal. Then take a snapshot: those of before need the bootstrap of then.',
        ]
      : [
          `The seal ${what}: the bootstrap opens the primary, and ${threshold} of the ${shares} unseal keys are recovery keys now, which open nothing.`,
          'Next: restart it, and see that it opens itself. Then take snapshots of both: those of before need the unseal keys.',
        ]
  ).join('\n');
}
