/** What pods refer to: ConfigMaps, Secrets and claims. */
import { everybody } from '@homepage/vault';
import { type Check, type Finding } from '../finding.ts';
import { ofKind, type Overlay, type Resource } from '../resource.ts';
import { annotationsPath, PREFIX } from './annotations.ts';
import { eachWorkload, inWorkload } from './each.ts';

type Loose = Resource<{ data?: Record<string, string>; binaryData?: Record<string, string> }>;

/** Secrets that something makes on the cluster, who, and the keys that they have. */
const madeElsewhere: { name: RegExp; by: string; keys: string[] }[] = [
  {
    name: new RegExp(`^approle-(${everybody.join('|')}|bootstrap-snapshot)$`),
    by: 'a job',
    keys: ['role-id', 'secret-id'],
  },
  { name: /^vault-seal-token$/, by: 'whoever sets Vault up: docs/vault.md', keys: ['token'] },
  { name: /^vault-bootstrap-keys$/, by: 'whoever sets Vault up: docs/vault.md', keys: ['keys'] },
  { name: /^backup-identity$/, by: 'a person: docs/backups.md', keys: ['key.txt'] },
  { name: /^vault-ca$/, by: 'whoever sets Vault up: docs/vault.md', keys: ['ca.crt'] },
  { name: /^vault-snapshots(-prune)?$/, by: 'a person: base/vault-snapshots', keys: ['backup-to'] },
];

/** What a person decides and writes into a ConfigMap, with its keys. */
const mapsOfPeople: Record<string, string[]> = { backup: ['recipients'], 'vault-snapshots': ['recipients'] };
/** What may be missing, and whoever wants it makes: a name that is spelled wrong here is never found out. */
const optionalSecrets = ['vault-bootstrap-keys', 'backup-identity'];
/** https://cert-manager.io/docs/usage/certificate/: of each Secret that it writes */
const OF_CERTIFICATE = ['tls.crt', 'tls.key', 'ca.crt'];

/** @returns the keys of a Secret; undefined: nobody makes it */
export function keysOf(
  overlay: Overlay,
  namespace: string | undefined,
  name: string | undefined,
): string[] | undefined {
  const issued = ofKind<{ spec: { secretName: string } }>(overlay, 'Certificate').some(
    ({ metadata, spec }) => metadata.namespace === namespace && spec.secretName === name,
  );
  return issued ? OF_CERTIFICATE : madeElsewhere.find((one) => one.name.test(name ?? ''))?.keys;
}

export const isMadeElsewhere = (name: string | undefined): boolean =>
  madeElsewhere.some((one) => one.name.test(name ?? ''));

export const referencesResolve: Check = {
  number: 58,
  name: 'what a pod refers to is there',
  why: 'A pod with a name that nobody has waits for it for ever.',
  run: (rendered) =>
    eachWorkload(rendered, (workload) => {
      const { pod, path, namespace, overlay } = workload;
      const here = (kind: string): Loose[] =>
        ofKind<object>(overlay, kind).filter(
          ({ metadata }) => (metadata.namespace ?? 'default') === namespace,
        ) as Loose[];
      const missing = (kind: string, name: string | undefined, where: string): Finding[] =>
        name === undefined || here(kind).some(({ metadata }) => metadata.name === name)
          ? []
          : [
              inWorkload(
                workload,
                where,
                `there is no ${kind} ${namespace}/${name}`,
                kind === 'Secret'
                  ? 'Mend the name; or list in checks/references.ts who makes it.'
                  : 'Mend the name, or add it.',
              ),
            ];
      const secret = (name: string | undefined, where: string): Finding[] =>
        isMadeElsewhere(name) ? [] : missing('Secret', name, where);
      const certificates = ofKind<{ spec: { secretName: string } }>(overlay, 'Certificate').map(
        ({ spec }) => spec.secretName,
      );
      const noKey = (name: string | undefined, key: string, where: string): Finding[] => {
        const map = here('ConfigMap').find(({ metadata }) => metadata.name === name);
        return map && !(key in { ...map.data, ...map.binaryData })
          ? [
              inWorkload(
                workload,
                where,
                `ConfigMap ${name} has no key ${key}`,
                `It has ${Object.keys({ ...map.data, ...map.binaryData }).join(', ')}.`,
              ),
            ]
          : [];
      };
      const volumes = `${path}.spec.volumes`;
      const containers = [...pod.containers, ...(pod.initContainers ?? [])];
      const extra = workload.annotations[`${PREFIX}agent-extra-secret`];
      return [
        ...(extra === undefined ? [] : secret(extra, annotationsPath(workload))),
        ...(pod.volumes ?? []).flatMap(({ name, configMap, secret: fromSecret, persistentVolumeClaim }) => [
          ...(configMap?.optional ? [] : missing('ConfigMap', configMap?.name, volumes)),
          ...(configMap?.items ?? []).flatMap(({ key }) => noKey(configMap?.name, key, volumes)),
          ...containers
            .flatMap(({ volumeMounts = [] }) => volumeMounts)
            .filter((mount) => mount.name === name && mount.subPath !== undefined && configMap)
            .flatMap(({ subPath }) =>
              configMap?.items ? [] : noKey(configMap?.name, subPath!.split('/')[0]!, volumes),
            ),
          ...(fromSecret && !fromSecret.optional && !certificates.includes(fromSecret.secretName ?? '')
            ? secret(fromSecret.secretName, volumes)
            : []),
          ...(fromSecret?.optional && !optionalSecrets.includes(fromSecret.secretName ?? '')
            ? [
                inWorkload(
                  workload,
                  volumes,
                  `nobody is told of the optional Secret ${fromSecret.secretName}`,
                  'Mend the name; or list it in checks/references.ts.',
                ),
              ]
            : []),
          ...missing('PersistentVolumeClaim', persistentVolumeClaim?.claimName, volumes),
        ]),
        ...containers.flatMap(({ env = [], envFrom = [], name }) => [
          ...env.flatMap(({ valueFrom }) =>
            valueFrom?.secretKeyRef && !valueFrom.secretKeyRef.optional
              ? secret(valueFrom.secretKeyRef.name, `env of ${name}`)
              : [],
          ),
          ...env.flatMap(({ valueFrom }) => {
            const { name: map = '', key = '', optional } = valueFrom?.configMapKeyRef ?? {};
            return optional && !mapsOfPeople[map]?.includes(key)
              ? [
                  inWorkload(
                    workload,
                    `env of ${name}`,
                    `nobody is told of the optional ConfigMap ${map} with the key ${key}`,
                    'Mend the name; or list it in checks/references.ts.',
                  ),
                ]
              : [];
          }),
          ...env.flatMap(({ valueFrom }) =>
            valueFrom?.configMapKeyRef &&
            !valueFrom.configMapKeyRef.optional &&
            !mapsOfPeople[valueFrom.configMapKeyRef.name ?? '']?.includes(valueFrom.configMapKeyRef.key ?? '')
              ? [
                  ...missing('ConfigMap', valueFrom.configMapKeyRef.name, `env of ${name}`),
                  ...noKey(
                    valueFrom.configMapKeyRef.name,
                    valueFrom.configMapKeyRef.key ?? '',
                    `env of ${name}`,
                  ),
                ]
              : [],
          ),
          ...envFrom.flatMap(({ configMapRef, secretRef }) => [
            ...(configMapRef?.optional ? [] : missing('ConfigMap', configMapRef?.name, `envFrom of ${name}`)),
            ...(secretRef ? secret(secretRef.name, `envFrom of ${name}`) : []),
          ]),
        ]),
      ];
    }),
};
