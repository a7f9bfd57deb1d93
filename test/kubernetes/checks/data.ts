/** What keeps data, and what saves it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { finding, overall, type Check, type Finding } from '../finding.ts';
import { valueOf, wordsOf } from '../programs/index.ts';
import { ofKind, quantity, workloadsOf, type Overlay, type PodSpec, type Workload } from '../resource.ts';
import { eachOfKind, eachOverlay, eachWorkload, inWorkload } from './each.ts';

const deploy = resolve(import.meta.dirname, '../../../deploy');

const isPart = ({ labels, name }: Workload, part: string): boolean =>
  (labels['app.kubernetes.io/name'] ?? name) === part;

/** Text of a ConfigMap's file, whatever the map is called; with the workload that mounts it. */
function filesOf(workload: Workload, file: RegExp): { name: string; text: string }[] {
  const maps = ofKind<{ data?: Record<string, string> }>(workload.overlay, 'ConfigMap');
  return (workload.pod.volumes ?? [])
    .flatMap(({ configMap }) => (configMap?.name === undefined ? [] : configMap.name))
    .flatMap((name) =>
      maps
        .filter(({ metadata }) => metadata.name === name && metadata.namespace === workload.namespace)
        .flatMap(({ data = {} }) => Object.entries(data))
        .filter(([key]) => file.test(key))
        .map(([key, text]) => ({ name: key, text })),
    );
}

const mountsOf = ({ pod }: Workload): string[] =>
  pod.containers.flatMap(({ volumeMounts = [] }) => volumeMounts.map(({ mountPath }) => mountPath));

export const vaultKeeps: Check = {
  number: 36,
  name: 'Vaults keep what they know',
  why: 'One in dev mode forgets its Transit key at a restart, and the primary never opens again.',
  run: (rendered) =>
    eachWorkload(rendered, (workload) => {
      // One that is an agent keeps nothing.
      const containers = workload.pod.containers.filter(
        ({ image, args = [], command = [] }) =>
          /(^|\/)(vault|openbao)(@|:|$)/.test(image) && ![...command, ...args].includes('agent'),
      );
      return containers.flatMap(({ args = [], command = [] }) => {
        const words = [...command, ...args];
        const configuration = filesOf(workload, /\.hcl$/).map(({ text }) => text);
        const claims = workload.resource['spec'] as { volumeClaimTemplates?: unknown[] };
        return [
          !words.includes('server') &&
            inWorkload(
              workload,
              `${workload.path}.spec.containers[0].args`,
              'it is no server',
              'Write args: [server, …].',
            ),
          words.some((word) => /^-dev/.test(word)) &&
            inWorkload(
              workload,
              `${workload.path}.spec.containers[0].args`,
              'Vault runs in dev mode',
              'Remove -dev.',
            ),
          !configuration.some((text) => /storage "raft"/.test(text)) &&
            inWorkload(
              workload,
              `${workload.path}.spec.volumes`,
              'no configuration with storage "raft" is mounted',
              'Mount deploy/vault/primary.hcl or bootstrap.hcl by a ConfigMap.',
            ),
          (!mountsOf(workload).some((path) => path.startsWith('/vault/data')) ||
            (claims.volumeClaimTemplates ?? []).length === 0) &&
            inWorkload(
              workload,
              'spec.volumeClaimTemplates',
              'what it stores is on no claim',
              'Mount a claim at /vault/data.',
            ),
          !mountsOf(workload).some((path) => /audit/.test(path)) &&
            inWorkload(
              workload,
              `${workload.path}.spec.containers[0].volumeMounts`,
              'it has no place for its audit log',
              'Mount a claim at /vault/audit: Vault answers nobody without an audit device.',
            ),
        ].filter((one) => one !== false);
      });
    }),
};

export const policiesExact: Check = {
  number: 37,
  name: 'policies of Vault name exact paths',
  why: 'A star lets one service read the secrets of all.',
  run: () => {
    const folder = join(deploy, 'vault/policies');
    return readdirSync(folder).flatMap((file) =>
      tooBroad(file, readFileSync(join(folder, file), 'utf8')).map((path) =>
        overall('-', `deploy/vault/policies/${file}`, `it names ${path}`, 'Write each path that is needed.'),
      ),
    );
  },
};

/** A person who looks after Vault sees what there is, and no value. */
const OPERATOR = 'operator.hcl';
const VALUES = /^kv\/data|secret-id|^(sys|auth|kv)\/[*+]|^[*+]/;
/** How many secret-ids there are, and when each ends. */
const LOOKS = [
  'auth/approle/role/+/secret-id "list"',
  'auth/approle/role/+/secret-id-accessor/lookup "update"',
];

const showsValues = (path: string, verbs: string | undefined): boolean =>
  VALUES.test(path) && !LOOKS.includes(`${path} ${verbs}`);

/**
 * @param file of a policy of Vault
 * @param text what is in it
 * @returns its paths with a star or a plus: all of a service or a job, of the operator those that show or make a secret
 */
export function tooBroad(file: string, text: string): string[] {
  const rules = text.matchAll(/^\s*path "([^"]*[*+][^"]*)"\s*\{\s*(?:capabilities = \[(.*?)\])?/gm);
  return [...rules]
    .filter(([, path, verbs]) => file !== OPERATOR || showsValues(path!, verbs))
    .map(([, path]) => path!);
}

export const hbaStrict: Check = {
  number: 38,
  name: 'PostgreSQL lets in certificates alone',
  why: 'The image’s own pg_hba.conf takes passwords from anywhere, and mutual TLS is for nothing.',
  run: (rendered) =>
    eachWorkload(rendered, (workload) => {
      if (!isPart(workload, 'postgresql') || workload.ends) return [];
      const report = (message: string, fix: string): Finding =>
        inWorkload(workload, `${workload.path}.spec.volumes`, message, fix);
      const [hba, ident, main] = [/pg_hba\.conf$/, /pg_ident\.conf$/, /postgresql\.conf$/].map(
        (file) => filesOf(workload, file)[0]?.text,
      );
      if (hba === undefined || ident === undefined || main === undefined)
        return [report('it has not all of its configuration', 'Mount the three files of deploy/postgresql.')];
      const rules = hba.split('\n').filter((line) => /^\s*[a-z]/.test(line));
      const open = rules.filter((line) => {
        const words = line.trim().split(/\s+/);
        const method = words.slice(words[0] === 'local' ? 3 : 4)[0];
        if (words[0] === 'local') return method !== 'peer';
        if (words[0] === 'hostssl') return method !== 'cert' || !line.includes('map=');
        return method !== 'reject';
      });
      return [
        ...open.map((line) =>
          report(`pg_hba.conf has "${line.trim()}"`, 'Write hostssl … cert map=…, or reject.'),
        ),
        ...(/^\s*ssl_min_protocol_version = 'TLSv1\.[23]'/m.test(main)
          ? []
          : [report('TLS below 1.2 is taken', "Write ssl_min_protocol_version = 'TLSv1.3'.")]),
        ...(/^\s*ssl = on/m.test(main) ? [] : [report('TLS is off', 'Write ssl = on.')]),
        ...(/^\s*hba_file = /m.test(main)
          ? []
          : [
              report(
                'it reads the pg_hba.conf of the image',
                "Write hba_file = '/etc/postgresql/pg_hba.conf'.",
              ),
            ]),
        ...(/^\s*\w+\s+homepage-api\s+homepage_app/m.test(ident)
          ? []
          : [report('pg_ident.conf does not map homepage-api', 'Mount deploy/postgresql/pg_ident.conf.')]),
      ];
    }),
};

export const postgresqlMount: Check = {
  number: 39,
  name: 'PostgreSQL 18 keeps its data on the claim',
  why: 'Its images keep data in /var/lib/postgresql/18/docker: a claim at …/data stays empty, and all is gone at a restart.',
  run: (rendered) =>
    eachWorkload(rendered, (workload) => {
      if (!isPart(workload, 'postgresql') || workload.ends) return [];
      const claims = workload.resource['spec'] as { volumeClaimTemplates?: { metadata: { name: string } }[] };
      const mounts = (workload.pod.containers[0]!.volumeMounts ?? []).filter(({ name }) =>
        (claims.volumeClaimTemplates ?? []).some(({ metadata }) => metadata.name === name),
      );
      const folders = new Set(
        [...workload.pod.containers, ...(workload.pod.initContainers ?? [])].flatMap((container) =>
          [
            valueOf(container, 'PGDATA'),
            /^--data-directory=(.*)$/m.exec(wordsOf(container).join('\n'))?.[1],
          ].filter((folder) => folder !== undefined),
        ),
      );
      return [
        !mounts.some(({ mountPath }) => mountPath === '/var/lib/postgresql') &&
          inWorkload(
            workload,
            `${workload.path}.spec.containers[0].volumeMounts`,
            'no claim is mounted at /var/lib/postgresql',
            'Mount it there, without /data.',
          ),
        folders.size > 1 &&
          inWorkload(
            workload,
            `${workload.path}.spec`,
            `what is prepared in one folder is looked for in another: ${[...folders].join(', ')}`,
            'PGDATA and --data-directory are one folder.',
          ),
      ].filter((one) => one !== false);
    }),
};

export const valkeyClosed: Check = {
  number: 40,
  name: 'Valkey speaks TLS alone, knows its users, and stays within its memory',
  why: 'The default user has no password and may do everything; without maxmemory the kernel ends it.',
  run: (rendered) =>
    eachWorkload(rendered, (workload) => {
      if (!isPart(workload, 'valkey') || workload.ends) return [];
      const report = (message: string, fix: string): Finding =>
        inWorkload(workload, `${workload.path}.spec.volumes`, message, fix);
      const text = filesOf(workload, /^valkey\.conf$/)[0]?.text;
      if (text === undefined)
        return [report('no valkey.conf is mounted', 'Mount deploy/valkey/valkey.conf.')];
      const values = new Map(
        text
          .split('\n')
          .map((line) => line.trim().split(/\s+/))
          .map(([name, ...rest]) => [name!, rest.join(' ')] as const),
      );
      const says = (name: string, value: RegExp): boolean => value.test(values.get(name) ?? '');
      const most = quantity(
        values.get('maxmemory')?.replace(/([kmg])b$/i, (_all, unit: string) => `${unit.toUpperCase()}i`),
      );
      const limit = quantity(workload.pod.containers[0]!.resources?.limits?.memory);
      return [
        !says('port', /^0$/) && report('it takes plain connections', 'Write port 0.'),
        !says('tls-port', /^6379$/) && report('it takes no TLS', 'Write tls-port 6379.'),
        !says('tls-auth-clients', /^yes$/) &&
          report('it asks for no certificate', 'Write tls-auth-clients yes.'),
        !says('aclfile', /^\/vault\/secrets\//) && report('it has no list of users', 'Write aclfile.'),
        !says('maxmemory-policy', /^all/) &&
          report('it throws nothing away', 'Write maxmemory-policy allkeys-lfu.'),
        // What it needs beside the data: buffers of clients, and fragments.
        !(most > 0 && most <= 0.75 * limit) &&
          report(
            `maxmemory is ${values.get('maxmemory') ?? 'unset'}, of ${limit / 2 ** 20} MiB that it may have`,
            'Leave a quarter for everything beside the data.',
          ),
      ].filter((one) => one !== false);
    }),
};

type CronJob = {
  spec: {
    schedule: string;
    timeZone?: string;
    suspend?: boolean;
    concurrencyPolicy?: string;
    startingDeadlineSeconds?: number;
    successfulJobsHistoryLimit?: number;
    failedJobsHistoryLimit?: number;
    jobTemplate: {
      spec: { backoffLimit?: number; activeDeadlineSeconds?: number; template: { spec: PodSpec } };
    };
  };
};

export const cronJobsComplete: Check = {
  number: 41,
  name: 'scheduled jobs say everything',
  why: 'By default they may overlap, hang for ever, or never start again after a hundred missed times.',
  run: (rendered) =>
    eachOfKind<CronJob>(rendered, 'CronJob', (job, overlay) => {
      const { spec } = job;
      const inner = spec.jobTemplate.spec;
      const wrong: [boolean, string, string][] = [
        [spec.timeZone !== 'Etc/UTC', 'timeZone', 'Write timeZone: Etc/UTC.'],
        [spec.concurrencyPolicy !== 'Forbid', 'concurrencyPolicy', 'Write concurrencyPolicy: Forbid.'],
        // The controller looks every ten seconds: below that it never starts one.
        [!(spec.startingDeadlineSeconds! >= 60), 'startingDeadlineSeconds', 'Write at least 60.'],
        [
          !(inner.activeDeadlineSeconds! > 0),
          'jobTemplate.spec.activeDeadlineSeconds',
          'Write when it has hung.',
        ],
        [
          inner.backoffLimit === undefined,
          'jobTemplate.spec.backoffLimit',
          'Write how often it is tried again.',
        ],
        [
          spec.successfulJobsHistoryLimit === undefined,
          'successfulJobsHistoryLimit',
          'Write how many are kept.',
        ],
        [
          !(spec.failedJobsHistoryLimit! >= 1),
          'failedJobsHistoryLimit',
          'Write at least 1: its log is all there is to look at.',
        ],
        [
          inner.template.spec.restartPolicy !== 'Never',
          'jobTemplate.spec.template.spec.restartPolicy',
          'Write Never: what failed is kept to be looked at.',
        ],
        [spec.suspend === true, 'suspend', 'Remove it: nothing runs.'],
        [!isSchedule(spec.schedule), 'schedule', 'Write minute, hour, day, month and weekday.'],
      ];
      return wrong
        .filter(([is]) => is)
        .map(([, field, fix]) =>
          finding(overlay, job, `spec.${field}`, `${field} is not what it must be`, fix),
        );
    }),
};

/** Least and most of minute, hour, day of the month, month and day of the week. */
const FIELDS = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 6],
] as const;

/** Numbers alone, as all of ours are: a list of them, a range, a step. */
function isSchedule(text: string): boolean {
  const fields = text.split(' ');
  const isPart = (part: string, [least, most]: readonly [number, number]): boolean => {
    const [, first, last, step] = /^(?:\*|(\d+)(?:-(\d+))?)(?:\/(\d+))?$/.exec(part) ?? [];
    const numbers = [first, last].filter((one) => one !== undefined).map(Number);
    return (
      /^(\*|\d)/.test(part) &&
      numbers.every((one) => one >= least && one <= most) &&
      !(numbers.length === 2 && numbers[0]! > numbers[1]!) &&
      (step === undefined || (Number(step) > 0 && Number(step) <= most)) &&
      /^[\d*/-]+$/.test(part) &&
      (first !== undefined || part.startsWith('*'))
    );
  };
  return (
    fields.length === FIELDS.length &&
    fields.every((field, index) => field.split(',').every((part) => isPart(part, FIELDS[index]!)))
  );
}

const runs = (overlay: Overlay, words: RegExp): Workload[] =>
  workloadsOf(overlay).filter(({ pod }) =>
    pod.containers.some(({ command = [], args = [] }) => words.test([...command, ...args].join(' '))),
  );

export const backupsVerified: Check = {
  number: 42,
  name: 'backups run every six hours, are proven, and are pruned',
  why: 'A backup that nobody ever restored is a hope.',
  run: (rendered) =>
    eachOverlay(rendered, (overlay) => {
      const backups = runs(overlay, /\bbackup run\b/);
      const hasDatabase = workloadsOf(overlay).some((one) => isPart(one, 'postgresql') && !one.ends);
      if (!hasDatabase && backups.length === 0) return [];
      const report = (message: string, fix: string): Finding =>
        overall(overlay.name, 'CronJob backup', message, fix);
      const schedule = (workload: Workload): string =>
        String((workload.resource['spec'] as { schedule?: string }).schedule);
      return [
        backups.length === 0 && report('nobody makes backups', 'Add the CronJob of "homepage backup run".'),
        ...backups
          .filter((one) => !/^\d+ (\*\/6|0,6,12,18) \* \* \*$/.test(schedule(one)))
          .map((one) =>
            inWorkload(one, 'spec.schedule', `it runs at ${schedule(one)}`, 'Write 0 */6 * * *.'),
          ),
        runs(overlay, /\bbackup verify\b/).length === 0 &&
          report('nobody restores backups to look', 'Add the CronJob of "homepage backup verify".'),
        runs(overlay, /\bbackup prune\b/).length === 0 &&
          report('nobody removes old backups', 'Add the CronJob of "homepage backup prune".'),
      ].filter((one) => one !== false);
    }),
};

type S3Policy = { Statement: { Effect: string; Action: string | string[]; Resource: string | string[] }[] };

export const writerCannotDelete: Check = {
  number: 43,
  name: 'who writes backups cannot remove them',
  why: 'Whoever takes the site over takes what would bring it back, too.',
  run: () => {
    const file = join(deploy, 'minio/backup-writer.json');
    if (!existsSync(file))
      return [overall('-', 'deploy/minio/backup-writer.json', 'it is not there', 'Write it.')];
    return removalsIn(JSON.parse(readFileSync(file, 'utf8')) as S3Policy).map((action) =>
      overall(
        '-',
        'deploy/minio/backup-writer.json',
        `it allows ${action}`,
        'Only put, get, list and abort.',
      ),
    );
  },
};

/** @returns what a policy allows that makes backups go away */
export const removalsIn = ({ Statement }: S3Policy): string[] =>
  Statement.filter(({ Effect }) => Effect === 'Allow')
    .flatMap(({ Action }) => Action)
    .filter((action) => /\*|Delete|PutBucket|PutLifecycle|Bypass/.test(action));

type Claim = {
  metadata: { name: string; annotations?: Record<string, string> };
  spec: {
    storageClassName?: string;
    accessModes?: string[];
    resources?: { requests?: { storage?: string } };
  };
};
const KEEP = 'argocd.argoproj.io/sync-options';

export const dataStays: Check = {
  number: 44,
  name: 'disks outlive what asked for them',
  why: 'The class of K3s removes a disk with its claim, and GitOps removes a claim that is no longer in Git.',
  run: (rendered) => [
    ...eachOverlay(rendered, (overlay) => {
      const retained = rendered.overlays
        .flatMap((one) => ofKind<{ reclaimPolicy?: string }>(one, 'StorageClass'))
        .filter(({ reclaimPolicy }) => reclaimPolicy === 'Retain')
        .map(({ metadata }) => metadata.name);
      const judge = (claim: Claim, report: (field: string, message: string, fix: string) => Finding) =>
        [
          !retained.includes(claim.spec.storageClassName ?? '') &&
            report(
              'spec.storageClassName',
              `the class ${claim.spec.storageClassName ?? '(the default one)'} does not keep disks`,
              `Write ${retained.join(' or ') || 'a class with reclaimPolicy: Retain'}.`,
            ),
          (claim.spec.accessModes ?? []).join() !== 'ReadWriteOnce' &&
            report(
              'spec.accessModes',
              'a folder of one node is for the pods of one node',
              'Write ReadWriteOnce: local-path makes no other.',
            ),
          !(quantity(claim.spec.resources?.requests?.storage) > 0) &&
            report('spec.resources.requests', 'it asks for no storage', 'Write storage.'),
          !(claim.metadata.annotations?.[KEEP] ?? '').includes('Prune=false') &&
            report('metadata.annotations', 'GitOps may remove it', `Write ${KEEP}: Prune=false.`),
        ].filter((one) => one !== false);
      return [
        ...(
          ofKind<object>(overlay, 'PersistentVolumeClaim') as unknown as (Claim & {
            apiVersion: string;
            kind: string;
          })[]
        ).flatMap((claim) => judge(claim, (...what) => finding(overlay, claim as never, ...what))),
        ...ofKind<{ spec: { volumeClaimTemplates?: Claim[] } }>(overlay, 'StatefulSet').flatMap((set) =>
          (set.spec.volumeClaimTemplates ?? []).flatMap((claim, index) =>
            judge(claim, (field, message, fix) =>
              finding(overlay, set, `spec.volumeClaimTemplates[${index}].${field}`, message, fix),
            ),
          ),
        ),
      ];
    }),
    ...eachOfKind<{ provisioner?: string }>(
      rendered,
      'StorageClass',
      (storage, overlay) =>
        storage.provisioner !== 'rancher.io/local-path' &&
        finding(
          overlay,
          storage,
          'provisioner',
          `nobody is ${storage.provisioner}`,
          'Write rancher.io/local-path: K3s has no other.',
        ),
    ),
    ...eachOfKind<{ spec: { persistentVolumeClaimRetentionPolicy?: Record<string, string> } }>(
      rendered,
      'StatefulSet',
      (set, overlay) =>
        Object.values(set.spec.persistentVolumeClaimRetentionPolicy ?? {}).includes('Delete') &&
        finding(
          overlay,
          set,
          'spec.persistentVolumeClaimRetentionPolicy',
          'it removes its disks',
          'Write Retain for both.',
        ),
    ),
  ],
};
