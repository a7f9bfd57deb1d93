/** Who issues certificates and signs in for it, for how long, and what each may be used for. */
import { issuingMount, services, type Service } from '@homepage/vault';
import { environments } from '../expected.ts';
import { finding, type Check, type Finding } from '../finding.ts';
import { wordsOf } from '../programs/index.ts';
import {
  ofKind,
  selects,
  workloadsOf,
  type Labels,
  type Overlay,
  type Reference,
  type Resource,
} from '../resource.ts';
import { eachOfKind, eachResource } from './each.ts';
import { keysOf } from './references.ts';

type Certificate = Resource<{
  spec: {
    secretName: string;
    commonName?: string;
    dnsNames?: string[];
    duration?: string;
    renewBefore?: string;
    usages?: string[];
    isCA?: boolean;
    issuerRef: { name: string; kind?: string };
  };
}>;
type VaultIssuer = {
  server: string;
  path: string;
  auth: { appRole?: { path?: string; roleId?: string; secretRef?: Reference } };
};
type Transport = {
  spec: { serverName?: string; certificatesSecrets?: string[]; rootCAs?: { secret?: string }[] };
};

/** Fields that name a key of a Secret. */
const KEY_OF_SECRET = /^(secretKeyRef|caBundleSecretRef|secretRef)$/;

export const secretKeysThere: Check = {
  number: 81,
  name: 'a key of a Secret is one that it has',
  why: 'Who waits for a key that nobody writes waits for ever.',
  run: (rendered) => [
    ...eachResource(rendered, (resource, overlay) =>
      [...references(resource)].flatMap(({ path, name, key }) => {
        const keys = keysOf(overlay, resource.metadata.namespace, name);
        if (keys === undefined)
          return [
            finding(
              overlay,
              resource,
              path,
              `nobody makes the Secret ${name}`,
              'Mend the name; or list it in checks/references.ts.',
            ),
          ];
        return keys.includes(key)
          ? []
          : [finding(overlay, resource, path, `${name} has no key ${key}`, `It has ${keys.join(', ')}.`)];
      }),
    ),
    ...eachOfKind<Transport>(rendered, 'ServersTransport', (transport, overlay) => {
      const { certificatesSecrets = [], rootCAs = [] } = transport.spec;
      return [...certificatesSecrets, ...rootCAs.map(({ secret }) => secret)]
        .filter((name) => keysOf(overlay, transport.metadata.namespace, name) === undefined)
        .map((name) =>
          finding(
            overlay,
            transport,
            'spec',
            `nobody makes the Secret ${name}`,
            'Name that of a Certificate beside it.',
          ),
        );
    }),
  ],
};

function* references(
  value: unknown,
  path = '',
): Generator<{ path: string; name: string | undefined; key: string }> {
  if (typeof value !== 'object' || value === null) return;
  for (const [field, inner] of Object.entries(value)) {
    const here = path ? `${path}.${field}` : field;
    const { name, key } = (inner ?? {}) as Reference;
    if (KEY_OF_SECRET.test(field) && key !== undefined) yield { path: here, name, key };
    else yield* references(inner, here);
  }
}

/** What cert-manager does without it. */
const DURATION = '2160h';
/** Of a service; of an authority of our own ten times as long. */
const MOST_HOURS = 8760;

/** Go's way to write hours: "168h", "168h30m". */
function hoursIn(text: string): number {
  const [, hours = '0', minutes = '0', seconds = '0'] =
    /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text) ?? [];
  return Number(hours) + Number(minutes) / 60 + Number(seconds) / 3600;
}

export const certificatesFit: Check = {
  number: 83,
  name: 'certificates are renewed before they end, are for what they are used for, and are asked of a role that there is',
  why: 'Vault refuses a name or a use that a role has not; the certificate before it ends a week later.',
  run: (rendered) => [
    ...eachOfKind<Certificate>(rendered, 'Certificate', (one, overlay) => {
      const certificate = one as Certificate;
      const { spec } = certificate;
      const report = (field: string, message: string, fix: string): Finding =>
        finding(overlay, certificate, `spec.${field}`, message, fix);
      const hours = hoursIn(spec.duration ?? DURATION);
      const before = spec.renewBefore === undefined ? hours / 3 : hoursIn(spec.renewBefore);
      const service = serviceOf(overlay, certificate);
      const wanted = usesOf(overlay, certificate, service);
      const given = (spec.usages ?? []).filter((usage) => / auth$/.test(usage));
      return [
        !(hours > 0 && hours <= (spec.isCA ? 10 : 1) * MOST_HOURS) &&
          report(
            'duration',
            `it is good for ${spec.duration ?? DURATION}`,
            'Write a week, or a year at most.',
          ),
        !(before > 0 && before < hours) &&
          report(
            'renewBefore',
            'it is renewed after its end, or all the time',
            'Write a third of its duration.',
          ),
        wanted !== undefined &&
          !spec.isCA &&
          wanted.join() !== given.toSorted().join() &&
          report('usages', `it is for ${given.join(' and ') || 'nobody'}`, `Write ${wanted.join(' and ')}.`),
        spec.usages !== undefined &&
          !spec.usages.includes('digital signature') &&
          report('usages', 'it may not sign, and TLS asks for nothing else', 'Write digital signature.'),
        ...missingNames(overlay, certificate, service).map((name) =>
          report('dnsNames', `it is asked for as ${name}, which it is not`, 'Write that name, too.'),
        ),
        service !== undefined &&
          spec.commonName !== service.commonName &&
          report(
            'commonName',
            `the role of ${service.name} signs no such name`,
            `Write ${service.commonName}.`,
          ),
      ].filter((found) => found !== false);
    }),
    ...eachOfKind<{ spec: { vault?: VaultIssuer } }>(rendered, 'Issuer', (issuer, overlay) =>
      issuer.spec.vault ? roleFindings(overlay, issuer as Resource, issuer.spec.vault) : [],
    ),
    ...eachOfKind<Transport>(
      rendered,
      'ServersTransport',
      (transport, overlay) =>
        !services.some(
          ({ commonName, purpose }) => purpose !== 'client' && commonName === transport.spec.serverName,
        ) &&
        finding(
          overlay,
          transport,
          'spec.serverName',
          `no server is called ${transport.spec.serverName}`,
          'Write a commonName of packages/vault/src/desired/services.ts.',
        ),
    ),
  ],
};

/** The end of an issuer's path is the role that it asks. */
const roleIn = (path: string): Service | undefined =>
  services.find(({ name, signedOnly }) => signedOnly !== undefined && path.endsWith(`/sign/${name}`));

/** Whose certificate Vault is asked for. */
function serviceOf(overlay: Overlay, { spec, metadata }: Certificate): Service | undefined {
  const issuer = ofKind<{ spec: { vault?: VaultIssuer } }>(overlay, 'Issuer').find(
    (one) => one.metadata.name === spec.issuerRef.name && one.metadata.namespace === metadata.namespace,
  );
  return issuer?.spec.vault && roleIn(issuer.spec.vault.path);
}

/** @returns undefined: nobody says */
function usesOf(
  overlay: Overlay,
  { spec, metadata }: Certificate,
  service: Service | undefined,
): string[] | undefined {
  if (service)
    return { client: ['client auth'], server: ['server auth'], both: ['client auth', 'server auth'] }[
      service.purpose
    ];
  const mounted = workloadsOf(overlay).some(
    ({ namespace, pod }) =>
      namespace === metadata.namespace &&
      (pod.volumes ?? []).some(({ secret }) => secret?.secretName === spec.secretName),
  );
  return mounted ? ['server auth'] : undefined;
}

/** Names that others, or containers beside it, ask for: those of Services that lead to who mounts it. */
function missingNames(
  overlay: Overlay,
  { spec, metadata }: Certificate,
  service: Service | undefined,
): string[] {
  if (spec.isCA) return [];
  const pods = workloadsOf(overlay).filter(
    ({ namespace, pod }) =>
      namespace === metadata.namespace &&
      (pod.volumes ?? []).some(({ secret }) => secret?.secretName === spec.secretName),
  );
  const asked = ofKind<{
    spec: { selector?: Labels; clusterIP?: string; publishNotReadyAddresses?: boolean };
  }>(overlay, 'Service')
    .filter((one) => one.metadata.namespace === metadata.namespace)
    .flatMap((one) => {
      const { selector } = one.spec;
      // Who mounts it to know its authority is asked by nobody.
      const behind = pods.filter(({ labels }) => selector && selects({ matchLabels: selector }, labels));
      if (behind.length === 0) return [];
      const name = `${one.metadata.name}.${metadata.namespace}.svc`;
      const nodes = one.spec.clusterIP === 'None' && one.spec.publishNotReadyAddresses === true;
      // Each of several is asked by its own name.
      return nodes
        ? behind.flatMap((pod) =>
            Array.from({ length: pod.replicas ?? 1 }, (_, index) => `${pod.name}-${index}.${name}`),
          )
        : [name];
    });
  const words = pods.flatMap(({ pod }) => pod.containers.flatMap(wordsOf)).join(' ');
  const wanted = [
    ...asked,
    ...(words.includes('//localhost:') ? ['localhost'] : []),
    ...(service ? [service.commonName] : []),
  ];
  return wanted.filter((name) => !(spec.dnsNames ?? []).includes(name));
}

function roleFindings(overlay: Overlay, issuer: Resource, { server, path, auth }: VaultIssuer): Finding[] {
  const environment = overlay.name.split('-')[0]!;
  const service = roleIn(path);
  const role = service && `${issuingMount(environment)}/sign/${service.name}`;
  const { appRole } = auth;
  const wanted: [field: string, is: unknown, should: string][] = [
    ['path', path, role ?? `${issuingMount(environment)}/sign/<a service with signedOnly>`],
    ['server', server, 'https://vault.vault.svc:8200'],
    ...(service
      ? ([
          ['auth.appRole.path', appRole?.path, 'approle'],
          ['auth.appRole.roleId', appRole?.roleId, `${environment}-${service.name}`],
          ['auth.appRole.secretRef.name', appRole?.secretRef?.name, `approle-${service.name}`],
        ] as [string, unknown, string][])
      : []),
  ];
  if (!environments[overlay.name]) return [];
  return wanted
    .filter(([, is, should]) => is !== should)
    .map(([field, is, should]) =>
      finding(
        overlay,
        issuer,
        `spec.vault.${field}`,
        `Vault has no ${String(is)} for it`,
        `Write ${should}.`,
      ),
    );
}
