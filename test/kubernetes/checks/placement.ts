/** Where resources are, what they are called, and that certificates come from somebody. */
import { foreignNamespaces } from '../expected.ts';
import { finding, overall, type Check } from '../finding.ts';
import { leaves, ofKind, type Resource } from '../resource.ts';
import { isMadeElsewhere } from './references.ts';
import { eachOfKind, eachResource, eachWorkload, inWorkload } from './each.ts';

/** Kinds that are in no namespace. */
const CLUSTER_WIDE =
  /^(Namespace|StorageClass|PersistentVolume|ClusterRole|ClusterRoleBinding|ClusterIssuer|PriorityClass|IngressClass|APIService|CustomResourceDefinition|.*WebhookConfiguration|ValidatingAdmissionPolicy(Binding)?)$/;

export const resourcesPlaced: Check = {
  number: 67,
  name: 'everything is in a namespace, and labelled',
  why: 'Without a namespace it goes wherever the one who applies it happens to be.',
  run: (rendered) =>
    eachResource(rendered, (resource, overlay) => {
      const { namespace, labels = {} } = resource.metadata;
      const known = [
        ...foreignNamespaces,
        ...rendered.overlays.flatMap((one) =>
          ofKind<object>(one, 'Namespace').map(({ metadata }) => metadata.name),
        ),
      ];
      // Those of ConfigMaps would have to be said of each generator.
      const named = ['app.kubernetes.io/name', 'app.kubernetes.io/part-of'].some((label) => label in labels);
      const missing = !named && !['Namespace', 'ConfigMap'].includes(resource.kind);
      return [
        !CLUSTER_WIDE.test(resource.kind) &&
          !known.includes(namespace ?? '') &&
          finding(
            overlay,
            resource,
            'metadata.namespace',
            `there is no namespace ${namespace ?? '(none is written)'}`,
            `Write one of ${[...new Set(known)].join(', ')}.`,
          ),
        missing &&
          finding(
            overlay,
            resource,
            'metadata.labels',
            'it has no label that says whose it is',
            'Add app.kubernetes.io/name, or part-of.',
          ),
      ].filter((one) => one !== false);
    }),
};

type Certificate = {
  spec: {
    secretName: string;
    issuerRef: { name: string; kind?: string };
    dnsNames?: string[];
    isCA?: boolean;
    privateKey?: { rotationPolicy?: string };
  };
};

export const certificatesIssued: Check = {
  number: 68,
  name: 'certificates have an issuer, names, new keys, and a reader',
  why: 'A certificate that nobody issues is noticed when the one before it ends.',
  run: (rendered) =>
    eachOfKind<Certificate>(rendered, 'Certificate', (certificate, overlay) => {
      const { spec, metadata } = certificate;
      const kind = spec.issuerRef.kind ?? 'Issuer';
      const issuer = rendered.overlays
        .flatMap(({ resources }) => resources)
        .some(
          (one) =>
            one.kind === kind &&
            one.metadata.name === spec.issuerRef.name &&
            (kind === 'ClusterIssuer' || one.metadata.namespace === metadata.namespace),
        );
      const read = overlay.resources.some(
        (one) =>
          one !== (certificate as Resource) &&
          one.metadata.namespace === metadata.namespace &&
          [...leaves(one)].some(({ value }) => value === spec.secretName),
      );
      return [
        !issuer &&
          finding(
            overlay,
            certificate,
            'spec.issuerRef',
            `there is no ${kind} ${spec.issuerRef.name}`,
            'Mend the name.',
          ),
        !read &&
          !spec.isCA &&
          finding(
            overlay,
            certificate,
            'spec.secretName',
            `nobody reads ${spec.secretName}`,
            'Mend the name.',
          ),
        spec.privateKey?.rotationPolicy !== 'Always' &&
          !spec.isCA &&
          finding(overlay, certificate, 'spec.privateKey.rotationPolicy', 'its key stays', 'Write Always.'),
        spec.isCA !== true &&
          (spec.dnsNames ?? []).length === 0 &&
          finding(overlay, certificate, 'spec.dnsNames', 'it is for no name', 'Write dnsNames.'),
      ].filter((one) => one !== false);
    }),
};

type Issuer = { spec: Record<string, unknown> };
type VaultIssuer = {
  caBundleSecretRef?: { key?: string };
  auth: { appRole?: { secretRef?: { name?: string; key?: string } } };
};

export const issuersComplete: Check = {
  number: 71,
  name: 'issuers are one thing, with all that it needs',
  why: 'An issuer of nothing is accepted, and issues nothing.',
  run: (rendered) =>
    eachOfKind<Issuer>(rendered, 'Issuer', (issuer, overlay) => {
      const { spec, metadata } = issuer;
      const kinds = ['selfSigned', 'ca', 'vault', 'acme'].filter((kind) => spec[kind] !== undefined);
      const secret = (spec['ca'] as { secretName: string } | undefined)?.secretName;
      const made = ofKind<Certificate>(overlay, 'Certificate').some(
        (one) =>
          one.metadata.namespace === metadata.namespace && one.spec.secretName === secret && one.spec.isCA,
      );
      const vault = spec['vault'] as VaultIssuer | undefined;
      const signIn = vault?.auth.appRole?.secretRef;
      return [
        kinds.length !== 1 &&
          finding(overlay, issuer, 'spec', `it is ${kinds.length} things`, 'Write one of ca, vault, acme.'),
        secret !== undefined &&
          !made &&
          finding(
            overlay,
            issuer,
            'spec.ca.secretName',
            `no authority is in ${secret}`,
            'Name that of a Certificate with isCA.',
          ),
        vault !== undefined &&
          vault.caBundleSecretRef?.key === undefined &&
          finding(
            overlay,
            issuer,
            'spec.vault.caBundleSecretRef',
            'it believes any Vault',
            'Name Secret and key.',
          ),
        vault !== undefined &&
          !(signIn?.key !== undefined && isMadeElsewhere(signIn.name)) &&
          finding(
            overlay,
            issuer,
            'spec.vault.auth.appRole',
            'it does not sign in',
            'Name the Secret of its AppRole, and the key.',
          ),
      ].filter((one) => one !== false);
    }),
};

/** What nothing else asks for, and without which something is open, plain or slow. */
export const wanted: { kind: string; name: string; why: string }[] = [
  { kind: 'HelmChartConfig', name: 'traefik', why: 'Traefik forgets who the visitor is' },
  { kind: 'TLSOption', name: 'default', why: 'Traefik takes old TLS' },
  { kind: 'IngressRoute', name: 'to-https', why: 'visitors of port 80 are told nothing' },
  { kind: 'StorageClass', name: 'local-path-retain', why: 'disks go with their claims' },
  { kind: 'ClusterIssuer', name: 'letsencrypt-prod', why: 'prod has no certificate' },
  { kind: 'ClusterIssuer', name: 'letsencrypt-staging', why: 'dev has no certificate' },
  { kind: 'StatefulSet', name: 'vault', why: 'nobody has secrets' },
  { kind: 'StatefulSet', name: 'vault-bootstrap', why: 'the primary never opens' },
];

export const clusterComplete: Check = {
  number: 72,
  name: 'what a cluster has once is there',
  why: 'A file that is lost from a kustomization is no error.',
  run: (rendered) =>
    rendered.overlays
      .filter(({ name }) => name === 'cluster' || name === 'cluster-ha')
      .flatMap(({ name: overlay, resources }) =>
        wanted
          .filter(
            ({ kind, name }) => !resources.some((one) => one.kind === kind && one.metadata.name === name),
          )
          .map(({ kind, name, why }) =>
            overall(overlay, `${kind} ${name}`, `it is not there: ${why}`, 'Add it.'),
          ),
      ),
};

type Edge = {
  spec: {
    minVersion?: string;
    cipherSuites?: string[];
    rootCAs?: { secret?: string }[];
    serverName?: string;
    certificatesSecrets?: string[];
    insecureSkipVerify?: boolean;
  };
};

const TRAEFIK = 'traefik.ingress.kubernetes.io/service.';

/** https://pkg.go.dev/crypto/tls#pkg-constants */
const CIPHERS =
  /^TLS_ECDHE_(ECDSA|RSA)_WITH_(AES_128_GCM_SHA256|AES_256_GCM_SHA384|CHACHA20_POLY1305_SHA256)$/;

export const edgeStrict: Check = {
  number: 69,
  name: 'Traefik takes new TLS alone, and believes the API by its authority and name',
  why: 'Without serverName and rootCAs anybody with the address of the API is the API.',
  run: (rendered) => [
    ...eachOfKind<Edge>(rendered, 'TLSOption', (option, overlay) =>
      (option.spec.cipherSuites ?? [])
        .filter((name) => !CIPHERS.test(name))
        .map((name) =>
          finding(
            overlay,
            option,
            'spec.cipherSuites',
            `${name} is none of the strong ones`,
            'Write one with ECDHE, and GCM or POLY1305, as Go spells it: Traefik leaves the others out.',
          ),
        ),
    ),
    ...eachOfKind<Edge>(
      rendered,
      'TLSOption',
      (option, overlay) =>
        !/^VersionTLS1[23]$/.test(option.spec.minVersion ?? '') &&
        finding(
          overlay,
          option,
          'spec.minVersion',
          'it takes old TLS',
          'Write VersionTLS12 or VersionTLS13.',
        ),
    ),
    ...eachOfKind<{ spec: { ports?: { name?: string }[] } }>(rendered, 'Service', (service, overlay) => {
      const { name, namespace, annotations = {} } = service.metadata;
      const routed = ofKind<object>(overlay, 'Ingress').some(
        (ingress) =>
          ingress.metadata.namespace === namespace &&
          leaves(ingress).some(({ path, value }) => /backend\.service\.name$/.test(path) && value === name),
      );
      if (!routed || !(service.spec.ports ?? []).some((port) => port.name === 'https')) return [];
      const transports = ofKind<object>(overlay, 'ServersTransport').map(
        ({ metadata }) => `${metadata.namespace}-${metadata.name}@kubernetescrd`,
      );
      return [
        annotations[`${TRAEFIK}serversscheme`] !== 'https' &&
          finding(
            overlay,
            service,
            'metadata.annotations',
            'Traefik asks it without TLS',
            `Write ${TRAEFIK}serversscheme: https.`,
          ),
        !transports.includes(annotations[`${TRAEFIK}serverstransport`] ?? '') &&
          finding(
            overlay,
            service,
            'metadata.annotations',
            'Traefik asks it with no ServersTransport that there is',
            `Write ${TRAEFIK}serverstransport: one of ${transports.join(', ') || 'those that you add'}.`,
          ),
      ].filter((one) => one !== false);
    }),
    ...eachOfKind<Edge>(rendered, 'ServersTransport', (transport, overlay) => {
      const { rootCAs = [], serverName, certificatesSecrets = [], insecureSkipVerify } = transport.spec;
      return [
        !rootCAs.some(({ secret }) => secret !== undefined) &&
          finding(
            overlay,
            transport,
            'spec.rootCAs',
            'it believes public authorities',
            'Name the Secret of ours.',
          ),
        serverName === undefined &&
          finding(overlay, transport, 'spec.serverName', 'it asks for no name', 'Write serverName.'),
        certificatesSecrets.length === 0 &&
          finding(
            overlay,
            transport,
            'spec.certificatesSecrets',
            'it shows no certificate',
            'Name its Secret.',
          ),
        insecureSkipVerify === true &&
          finding(overlay, transport, 'spec.insecureSkipVerify', 'it believes anybody', 'Remove it.'),
      ].filter((one) => one !== false);
    }),
  ],
};

const UNITS = ['cpu', 'memory', 'ephemeral-storage'];

export const podsPlain: Check = {
  number: 70,
  name: 'pods spread, get no links, ask by the right scheme, and name units that exist',
  why: 'Each is a default that is wrong here, or a name that no schema knows.',
  run: (rendered) =>
    eachWorkload(rendered, (workload) => {
      const { pod, path } = workload;
      const container = pod.containers[0]!;
      const secure = new Set(
        (container.ports ?? [])
          .filter(({ name }) => name === 'https' || name === 's3')
          .flatMap(({ name, containerPort }) => [name, containerPort]),
      );
      const units = [...pod.containers, ...(pod.initContainers ?? [])].flatMap(({ resources }) =>
        [...Object.keys(resources?.requests ?? {}), ...Object.keys(resources?.limits ?? {})].filter(
          (unit) => !UNITS.includes(unit),
        ),
      );
      return [
        pod.enableServiceLinks !== false &&
          inWorkload(
            workload,
            `${path}.spec.enableServiceLinks`,
            'variables of every Service are put into it',
            'Write enableServiceLinks: false.',
          ),
        ...units.map((unit) =>
          inWorkload(
            workload,
            `${path}.spec.containers`,
            `there is no resource "${unit}"`,
            `Write ${UNITS.join(', ')}.`,
          ),
        ),
        ...(['startupProbe', 'readinessProbe', 'livenessProbe'] as const)
          .filter(
            (field) =>
              secure.has(container[field]?.httpGet?.port) && container[field]?.httpGet?.scheme !== 'HTTPS',
          )
          .map((field) =>
            inWorkload(
              workload,
              `${path}.spec.containers[0].${field}.httpGet.scheme`,
              'a port with TLS is asked without',
              'Write scheme: HTTPS.',
            ),
          ),
        workload.ends &&
          pod.restartPolicy !== 'Never' &&
          inWorkload(workload, `${path}.spec.restartPolicy`, 'what failed is thrown away', 'Write Never.'),
        workload.resource.kind === 'Job' &&
          !((workload.resource['spec'] as { activeDeadlineSeconds?: number }).activeDeadlineSeconds! > 0) &&
          inWorkload(
            workload,
            'spec.activeDeadlineSeconds',
            'it may hang for ever',
            'Write when it has hung.',
          ),
      ].filter((one) => one !== false);
    }),
};
