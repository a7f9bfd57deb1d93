/** Every right of every service, asked of the running primary while services work with it. */
import { testPolicies } from '@homepage/vault';
import type { Act } from './scene.ts';

export const rightsHold: Act = async ({ vaults }) => {
  const { environments } = vaults.primary.wanted;
  const { roles, paths, wrong } = await vaults.asRoot('primary', (root) => testPolicies(root, environments));
  return {
    broken: wrong.map(({ role, path, has }) => `${role} has ${has.join(', ')} on ${path}`),
    recoverySeconds: null,
    detail: `${roles} roles on ${paths} paths: each may do what its table says, and everything else is refused.`,
  };
};
