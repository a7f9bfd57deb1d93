/** Who a pod is to the API server, and what that may do. */
import { secretNameOf } from '@homepage/vault';
import { exceptions } from '../expected.ts';
import { finding, type Check } from '../finding.ts';
import {
  ofKind,
  workloadsOf,
  type Overlay,
  type Rendered,
  type Resource,
  type PodSpec,
} from '../resource.ts';
import { eachOfKind, eachResource, eachWorkload, inWorkload } from './each.ts';
import { isInjected } from './pods.ts';
import { isMadeElsewhere } from './references.ts';
import { wordsOf } from '../programs/program.ts';

type Rule = {
  apiGroups?: string[];
  resources?: string[];
  verbs?: string[];
  nonResourceURLs?: string[];
  resourceNames?: string[];
};
type Binding = {
  subjects?: { kind: string; name: string; namespace?: string }[];
  roleRef: { kind: string; name: string };
};

const TOKEN_VOLUME = 'vault.hashicorp.com/agent-service-account-token-volume-name';

/** One for the API server, as a volume: without an audience of its own it is for nobody else. */
const mountsToken = ({ volumes = [] }: PodSpec): boolean =>
  volumes.some(({ projected }) =>
    projected?.sources?.some((source) => {
      const token = source['serviceAccountToken'] as { audience?: string } | undefined;
      return token !== undefined && token.audience === undefined;
    }),
  );

export const ownServiceAccounts: Check = {
  number: 9,
  name: 'each workload has its own service account, without a token',
  why: 'A token that nobody needs is a way to the API server for whoever takes the pod over.',
  run: (rendered) => {
    const owners = new Map<string, string>();
    return eachWorkload(rendered, (workload) => {
      const { overlay, pod, path, namespace, name } = workload;
      const account = pod.serviceAccountName;
      if (account === undefined || account === 'default')
        return inWorkload(
          workload,
          `${path}.spec.serviceAccountName`,
          'it has no service account of its own',
          'Add a ServiceAccount of its name, and write serviceAccountName.',
        );
      const found = ofKind<{ automountServiceAccountToken?: boolean }>(overlay, 'ServiceAccount').find(
        ({ metadata }) => metadata.name === account && (metadata.namespace ?? 'default') === namespace,
      );
      const key = `${overlay.name} ${namespace}/${account}`;
      const owner = owners.get(key) ?? name;
      owners.set(key, owner);
      const mounts =
        (pod.automountServiceAccountToken ?? found?.automountServiceAccountToken ?? true) || mountsToken(pod);
      const needs = `${namespace}/${name}` in exceptions.token;
      return [
        !found &&
          inWorkload(
            workload,
            `${path}.spec.serviceAccountName`,
            `there is no ServiceAccount ${namespace}/${account}`,
            'Add it: pods are not made without it.',
          ),
        owner !== name &&
          inWorkload(
            workload,
            `${path}.spec.serviceAccountName`,
            `it shares the service account ${account} with ${owner}`,
            'Give it one of its own.',
          ),
        mounts &&
          !needs &&
          inWorkload(
            workload,
            `${path}.spec.automountServiceAccountToken`,
            'a token of the API server is mounted',
            'Write automountServiceAccountToken: false; or list it in expected.ts with the reason.',
          ),
        !mounts &&
          needs &&
          inWorkload(
            workload,
            `${path}.spec.automountServiceAccountToken`,
            `it has no token, and ${exceptions.token[`${namespace}/${name}`]}`,
            'Write automountServiceAccountToken: true, or mount one into the container that asks; or take it off the list in expected.ts.',
          ),
        !mounts &&
          isInjected(workload.annotations) &&
          !(pod.volumes ?? []).some(({ name: one }) => one === workload.annotations[TOKEN_VOLUME]) &&
          inWorkload(
            workload,
            `${path}.metadata.annotations`,
            'the injector refuses pods without a token, unless it is told of a volume with one',
            `Write ${TOKEN_VOLUME}, and a projected volume of that name.`,
          ),
      ].filter((one) => one !== false);
    });
  },
};

const BROAD = ['escalate', 'bind', 'impersonate'];

export const narrowRights: Check = {
  number: 10,
  name: 'roles name what they allow, and bindings find both ends',
  why: 'A star grows with every kind that is installed later; a binding to nothing gives nothing.',
  run: (rendered) => [
    ...eachResource(rendered, (resource, overlay) => {
      if (resource.kind !== 'Role' && resource.kind !== 'ClusterRole') return [];
      return ((resource['rules'] as Rule[] | undefined) ?? []).flatMap((rule, index) => {
        const starred = (['apiGroups', 'resources', 'verbs', 'nonResourceURLs'] as const).filter((field) =>
          rule[field]?.some((one) => one.includes('*')),
        );
        const empty = (['apiGroups', 'resources', 'verbs'] as const).filter(
          (field) => (rule[field] ?? []).length === 0 && rule.nonResourceURLs === undefined,
        );
        const writes = (rule.verbs ?? []).filter((verb) =>
          /^(patch|update|delete|deletecollection)$/.test(verb),
        );
        const broad = (rule.verbs ?? []).filter((verb) => BROAD.includes(verb));
        return [
          ...starred.map((field) =>
            finding(
              overlay,
              resource,
              `rules[${index}].${field}`,
              `${field} holds a star`,
              'Name what is needed, one by one.',
            ),
          ),
          ...(writes.length > 0 && (rule.resourceNames ?? []).length === 0
            ? [
                finding(
                  overlay,
                  resource,
                  `rules[${index}].resourceNames`,
                  `it may ${writes.join(' and ')} all of them`,
                  'Name those that it changes.',
                ),
              ]
            : []),
          ...(rule.resources ?? [])
            .filter((one) => !one.includes('*') && !isThere(rendered, rule.apiGroups ?? [], [one]))
            .map((one) =>
              finding(
                overlay,
                resource,
                `rules[${index}].resources`,
                `nothing of ours is ${one} of ${(rule.apiGroups ?? []).join(' or ')}`,
                'Mend the names, or remove the rule: nobody needs a right over what is not there.',
              ),
            ),
          ...(rule.resourceNames ?? [])
            .filter((name) => !isThere(rendered, rule.apiGroups ?? [], rule.resources ?? [], name))
            .map((name) =>
              finding(
                overlay,
                resource,
                `rules[${index}].resourceNames`,
                `there is no ${(rule.resources ?? []).join(' or ')} ${name}`,
                'Mend the name: it may change nothing as it is.',
              ),
            ),
          ...empty.map((field) =>
            finding(overlay, resource, `rules[${index}].${field}`, `it has no ${field}`, 'Name them.'),
          ),
          ...broad.map((verb) =>
            finding(
              overlay,
              resource,
              `rules[${index}].verbs`,
              `whoever may ${verb} may do everything`,
              `Remove ${verb}.`,
            ),
          ),
        ];
      });
    }),
    ...eachOfKind<object>(rendered, 'ServiceAccount', (account, overlay) => {
      const { name, namespace } = account.metadata;
      if (!(`${namespace}/${name}` in exceptions.token)) return [];
      const bound = overlay.resources.some(
        (one) =>
          /RoleBinding$/.test(one.kind) &&
          ((one as Resource<Binding>).subjects ?? []).some(
            (subject) => subject.name === name && subject.namespace === namespace,
          ),
      );
      const { kind, group, resource, verbs: wanted, what } = rightsWanted(name);
      const rules = ofKind<{ rules?: Rule[] }>(overlay, kind)
        .filter(
          (one) =>
            one.metadata.name === name && (kind === 'ClusterRole' || one.metadata.namespace === namespace),
        )
        .flatMap(({ rules: list = [] }) => list)
        .filter(
          ({ apiGroups = [], resources = [] }) => apiGroups.includes(group) && resources.includes(resource),
        );
      const missing = wanted.filter((verb) => !rules.some(({ verbs = [] }) => verbs.includes(verb)));
      const secrets = handedOver(overlay, name);
      const named = rules.flatMap(({ resourceNames = [] }) => resourceNames);
      return [
        !bound && finding(overlay, account, '', 'no binding gives it any right', 'Add its binding.'),
        missing.length > 0 &&
          finding(
            overlay,
            account,
            '',
            `it may not ${missing.join(' and ')} ${what}`,
            `Write a rule of ${resource} with those verbs into its ${kind}.`,
          ),
        secrets.length > 0 &&
          secrets.toSorted().join() !== named.toSorted().join() &&
          finding(
            overlay,
            account,
            '',
            'it may change other Secrets than it is told to',
            'Name the same in its Role and after --only: npm run k8s:generate.',
          ),
      ].filter((one) => one !== false);
    }),
    ...eachResource(rendered, (resource, overlay) =>
      resource.kind === 'RoleBinding' || resource.kind === 'ClusterRoleBinding'
        ? bindingFindings(rendered, overlay, resource as Resource<Binding>)
        : [],
    ),
  ],
};

/** What each that asks the API server has to be allowed; vault-k8s: helper/cert/notify.go watches its webhook and writes its authority. */
const rightsWanted = (account: string): Wanted =>
  account === 'vault-agent-injector'
    ? {
        kind: 'ClusterRole',
        group: 'admissionregistration.k8s.io',
        resource: 'mutatingwebhookconfigurations',
        verbs: ['get', 'list', 'watch', 'patch'],
        what: 'its webhook, whose authority it renews',
      }
    : {
        kind: 'Role',
        group: '',
        resource: 'secrets',
        verbs: ['patch'],
        what: 'the Secrets that it hands over',
      };
type Wanted = {
  kind: 'Role' | 'ClusterRole';
  group: string;
  resource: string;
  verbs: string[];
  what: string;
};

/** Secrets whose names a job of Vault is told with --only. */
const handedOver = (overlay: Overlay, account: string): string[] =>
  workloadsOf(overlay)
    .filter(({ pod }) => pod.serviceAccountName === account)
    .flatMap(({ pod }) => pod.containers.map(wordsOf))
    .flatMap((words) => {
      const at = words.findIndex((word) => word === '--only' || word.startsWith('--only='));
      if (at < 0) return [];
      const [first = '', ...rest] = words.slice(at);
      const end = rest.findIndex((word) => word.startsWith('--'));
      return first.includes('=') ? [first.split('=')[1]!] : rest.slice(0, end < 0 ? undefined : end);
    })
    .map(secretNameOf);

/** A resource of one of these kinds, written as rights are: "mutatingwebhookconfigurations". */
const isThere = (rendered: Rendered, groups: string[], kinds: string[], name?: string): boolean =>
  (groups.includes('') && kinds.includes('secrets') && (name === undefined || isMadeElsewhere(name))) ||
  rendered.overlays.some(({ resources }) =>
    resources.some(
      ({ apiVersion, kind, metadata }) =>
        (name === undefined || metadata.name === name) &&
        groups.includes(apiVersion.split('/').at(-2) ?? '') &&
        kinds.includes(`${kind.toLowerCase()}s`),
    ),
  );

/** Roles that Kubernetes itself brings and that are narrow enough. */
const BUILT_IN = ['system:auth-delegator'];

function bindingFindings(rendered: Rendered, overlay: Overlay, binding: Resource<Binding>) {
  const all = rendered.overlays.flatMap(({ resources }) => resources);
  const { roleRef, subjects = [], metadata } = binding;
  const there = (kind: string, name: string, namespace: string | undefined): boolean =>
    all.some(
      (one) =>
        one.kind === kind &&
        one.metadata.name === name &&
        (kind === 'ClusterRole' || (one.metadata.namespace ?? 'default') === (namespace ?? 'default')),
    );
  const found = [];
  if (!BUILT_IN.includes(roleRef.name) && !there(roleRef.kind, roleRef.name, metadata.namespace))
    found.push(
      finding(
        overlay,
        binding,
        'roleRef',
        `it binds ${roleRef.kind} ${roleRef.name}, which is not rendered`,
        'Bind a role that stands beside it; none of the broad ones that Kubernetes brings.',
      ),
    );
  for (const [index, { kind, name, namespace }] of subjects.entries())
    if (kind !== 'ServiceAccount' || !there('ServiceAccount', name, namespace ?? metadata.namespace))
      found.push(
        finding(
          overlay,
          binding,
          `subjects[${index}]`,
          `it gives rights to ${kind} ${namespace ?? ''}/${name}, which is not rendered`,
          'Name a ServiceAccount of ours.',
        ),
      );
  return found;
}

export const serviceAccountsBare: Check = {
  number: 62,
  name: 'service accounts belong to somebody, and mount nothing by themselves',
  why: 'An account that nobody uses still has its rights; one that mounts its token does so in every new pod.',
  run: (rendered) =>
    eachOfKind<{ automountServiceAccountToken?: boolean; secrets?: unknown }>(
      rendered,
      'ServiceAccount',
      (account, overlay) => {
        const { name, namespace = 'default' } = account.metadata;
        const used = workloadsOf(overlay).some(({ pod }) => pod.serviceAccountName === name);
        return [
          !used &&
            finding(overlay, account, '', 'no workload uses it', 'Remove it, or name it in its workload.'),
          account.automountServiceAccountToken !== false &&
            !Object.keys(exceptions.token).some((key) => key === `${namespace}/${name}`) &&
            finding(
              overlay,
              account,
              'automountServiceAccountToken',
              'pods mount its token unless they say no',
              'Write automountServiceAccountToken: false.',
            ),
        ].filter((one) => one !== false);
      },
    ),
};
