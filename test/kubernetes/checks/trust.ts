/** Whose word counts, and whether who answers is who was asked. */
import { onKubernetes } from '@homepage/vault';
import { finding, type Check } from '../finding.ts';
import { leaves, onceOf } from '../resource.ts';
import { eachResource } from './each.ts';

const PODS = onKubernetes('prod').networks[0]!;
const NETWORK = /(?<![\w.:])((?:\d{1,3}\.){3}\d{1,3}|[\da-f:]*::[\da-f:]*)\/(\d{1,3})(?!\w)/gi;

/** Said to somebody who asks: then anybody may answer. */
const UNASKED: RegExp[] = [
  /\bsslmode=(?!verify-full\b)\w+/,
  /\btls_?(?:skip_?verify|disable)\s*[:=]\s*["']?(?:true|1|yes)\b/i,
  /\binsecure_?skip_?verify\s*[:=]\s*["']?true\b/i,
  /\bproxy_ssl_verify\s+off\b/,
  /\b(?:redis|valkey):\/\//,
];

/** NetworkPolicies name networks to forbid and to open; what they open is the matrix's (15). */
const OPENING = ['NetworkPolicy'];

export const trustNarrow: Check = {
  number: 82,
  name: 'pods of this cluster alone are believed about visitors, and servers by their authority and name',
  why: 'Who may say where a visitor comes from is any visitor; limits, logs and bans are for nobody then.',
  run: (rendered) =>
    eachResource(rendered, (resource, overlay) =>
      believed(resource).map(({ path, message, fix }) => finding(overlay, resource, path, message, fix)),
    ),
};

const believed = onceOf((resource) =>
  OPENING.includes(resource.kind)
    ? []
    : leaves(resource).flatMap(({ path, value }) => {
        const text = String(value).replace(/^\s*(#|--).*$/gm, '');
        const networks = [...text.matchAll(NETWORK)].filter(([network]) => !isWithin(network, PODS));
        const unasked = UNASKED.map((shape) => shape.exec(text)?.[0]).filter((one) => one !== undefined);
        return [
          ...networks.map(([network]) => ({
            path,
            message: `it believes ${network}`,
            fix: `Write ${PODS}: pods, and nobody else.`,
          })),
          ...unasked.map((one) => ({
            path,
            message: `with ${one} anybody may answer`,
            fix: 'Ask for its certificate, and for its name in it: sslmode=verify-full, a file of our authority.',
          })),
        ];
      }),
);

/** Networks of IPv4; one of IPv6 is within none. */
function isWithin(network: string, other: string): boolean {
  const [inner, outer] = [network, other].map((text) => {
    const [address, length] = text.split('/');
    const bits = address!.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
    return { bits, length: Number(length) };
  });
  if (network.includes(':') || inner!.length < outer!.length) return false;
  const size = 2 ** (32 - outer!.length);
  return Math.floor(inner!.bits / size) === Math.floor(outer!.bits / size);
}
