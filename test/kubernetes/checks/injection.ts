/** What the injector is told to put beside a pod. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Check, type Finding } from '../finding.ts';
import { roles, users, wordsOf } from '../programs/index.ts';
import { environments } from '../expected.ts';
import { containersOf, leaves, ofKind, workloadsOf } from '../resource.ts';
import { annotationsPath, NAMED, PREFIX } from './annotations.ts';
import { eachOverlay, eachWorkload, inWorkload } from './each.ts';
import { textAt } from './paths.ts';
import { isInjected } from './pods.ts';

/** Names of secrets that the annotations of a pod mention, with what they say of each. */
function injected(annotations: Record<string, string>): Map<string, Record<string, string>> {
  const secrets = new Map<string, Record<string, string>>();
  for (const [key, value] of Object.entries(annotations)) {
    const prefix = NAMED.slice(0, -1).find((one) => key.startsWith(PREFIX + one));
    if (prefix === undefined) continue;
    const name = key.slice(PREFIX.length + prefix.length);
    secrets.set(name, { ...secrets.get(name), [prefix]: value });
  }
  return secrets;
}

export const templatesExplicit: Check = {
  number: 32,
  name: 'what the injector writes is said in full',
  why: 'The default template prints "map[…]"; a key that is missing becomes "<no value>", and a service signs in with that.',
  run: (rendered) =>
    eachWorkload(rendered, (workload) => {
      if (!isInjected(workload.annotations)) return [];
      const secrets = injected(workload.annotations);
      const report = (message: string, fix: string): Finding =>
        inWorkload(workload, annotationsPath(workload), message, fix);
      if (secrets.size === 0)
        return [report('it is injected, and gets no secret', `Write ${PREFIX}agent-inject-secret-<name>.`)];
      return [...secrets].flatMap(([name, said]) => {
        const has = (prefix: string): boolean => said[prefix] !== undefined;
        return [
          !has('agent-inject-secret-') &&
            report(`"${name}" has no agent-inject-secret-${name}`, 'Write it: nothing is written without.'),
          !has('agent-inject-template-') &&
            !has('agent-inject-template-file-') &&
            report(`"${name}" has no template`, `Write ${PREFIX}agent-inject-template-${name}.`),
          said['error-on-missing-key-'] !== 'true' &&
            report(
              `a key that "${name}" lacks is no error`,
              `Write ${PREFIX}error-on-missing-key-${name}: "true".`,
            ),
          !/^0?[0-7]?[0-7]{2}0$/.test(said['agent-inject-perms-'] ?? '') &&
            report(
              `everybody may read "${name}"`,
              `Write ${PREFIX}agent-inject-perms-${name}: "0400" or "0440".`,
            ),
        ].filter((one) => one !== false);
      });
    }),
};

export const signInComplete: Check = {
  number: 33,
  name: 'injected pods sign in with AppRole, and jobs end',
  why: 'The default asks auth/kubernetes, which is not there; a sidecar beside a job runs for ever, and so does the job.',
  run: (rendered) =>
    eachWorkload(rendered, (workload) => {
      if (!isInjected(workload.annotations)) return [];
      const wanted: [name: string, values: RegExp, shown: string][] = [
        ['auth-type', /^approle$/, 'approle'],
        ['auth-path', /^auth\/approle$/, 'auth/approle'],
        ['agent-extra-secret', /^[a-z0-9-]+$/, 'the Secret with role-id and secret-id'],
        ['auth-config-role-id-file-path', /^\/vault\/custom\/role-id$/, '/vault/custom/role-id'],
        ['auth-config-secret-id-file-path', /^\/vault\/custom\/secret-id$/, '/vault/custom/secret-id'],
        ['auth-config-remove-secret-id-file-after-reading', /^false$/, 'false'],
        ['service', /^https:\/\/vault\.vault\.svc:8200$/, 'https://vault.vault.svc:8200'],
        ['tls-secret', /^vault-ca$/, 'vault-ca'],
        ['ca-cert', /^\/vault\/tls\/ca\.crt$/, '/vault/tls/ca.crt'],
        // One that ends takes its pod out of service while Vault is away.
        ['template-config-exit-on-retry-failure', /^false$/, 'false'],
        ...(workload.ends
          ? ([['agent-pre-populate-only', /^true$/, 'true']] as [string, RegExp, string][])
          : []),
      ];
      const said = (name: string): string => workload.annotations[PREFIX + name] ?? '';
      return [
        ...wanted
          .filter(([name, values]) => !values.test(said(name)))
          .map(([name, , shown]) =>
            inWorkload(
              workload,
              annotationsPath(workload),
              `${PREFIX}${name} is "${said(name)}"`,
              `Write "${shown}".`,
            ),
          ),
        ...(!workload.ends && said('agent-pre-populate-only') === 'true'
          ? [
              inWorkload(
                workload,
                annotationsPath(workload),
                'nothing renews its certificate',
                'agent-pre-populate-only is for jobs.',
              ),
            ]
          : []),
        ...(said('tls-skip-verify') === 'true'
          ? [
              inWorkload(
                workload,
                annotationsPath(workload),
                'anybody may answer as Vault',
                `Write ${PREFIX}ca-cert instead of tls-skip-verify.`,
              ),
            ]
          : []),
      ];
    }),
};

/** Files with the rights of a service, as `homepage vault up` writes them for an environment. */
const folder = resolve(import.meta.dirname, '../../../deploy/vault/policies');
const known = new Map<string, string[]>();

function pathsGranted(service: string, environment: string): string[] {
  const key = `${service} ${environment}`;
  if (!known.has(key)) {
    const file = join(folder, `${service}.hcl`);
    const text = existsSync(file) ? readFileSync(file, 'utf8').replaceAll('@environment@', environment) : '';
    known.set(
      key,
      [...text.matchAll(/^path "([^"]+)"/gm)].map(([, path]) => path!),
    );
  }
  return known.get(key)!;
}

/** What templates ask Vault for. */
const asksIn = (text: string): string[] =>
  [...text.matchAll(/\b(?:secret|pkiCert) "([^"]+)"/g)].map(([, path]) => path!);

export const secretsGranted: Check = {
  number: 88,
  name: 'a pod asks Vault for what its policy grants, and agents end where they must',
  why: 'Vault refuses the rest: the pod waits for its first secret for ever.',
  run: (rendered) =>
    eachWorkload(rendered, (workload) => {
      const { annotations, pod, overlay } = workload;
      const signIns = [
        annotations[`${PREFIX}agent-extra-secret`],
        ...(pod.volumes ?? []).map(({ secret }) => secret?.secretName),
      ].flatMap((name) => /^approle-(.+)$/.exec(name ?? '')?.[1] ?? []);
      const granted = signIns.flatMap((service) => pathsGranted(service, overlay.name.split('-')[0]!));
      const agents = containersOf(workload).flatMap(({ container, path, init }) => {
        const words = wordsOf(container);
        const file = words.find((word) => word.startsWith('-config='))?.slice('-config='.length);
        const text = file && words.includes('agent') ? textAt(container, workload, file) : undefined;
        return text === undefined ? [] : [{ path, init, text }];
      });
      const asked = [
        ...Object.entries(annotations).flatMap(([key, text]) => {
          if (key.startsWith(`${PREFIX}agent-inject-secret-`)) return [text];
          return key.startsWith(`${PREFIX}agent-inject-template-`) ? asksIn(text) : [];
        }),
        ...agents.flatMap(({ text }) => asksIn(text)),
      ];
      const strangers = Object.values(annotations)
        .flatMap((text) => [...text.matchAll(/"user": "([^"]+)"/g)].map(([, user]) => user!))
        .filter((user) => ![...roles, ...users].includes(user));
      return [
        ...strangers.map((user) =>
          inWorkload(
            workload,
            annotationsPath(workload),
            `neither PostgreSQL nor Valkey knows the user ${user}`,
            'Write one of deploy/postgresql/roles.sql, or of deploy/valkey/users.acl.template.',
          ),
        ),
        ...[...new Set(asked)]
          .filter((path) => !granted.includes(path))
          .map((path) =>
            inWorkload(
              workload,
              annotationsPath(workload),
              `it asks for ${path}, which no policy of ${signIns.join(' or ') || 'nobody'} grants`,
              'Mend the path; or grant it in deploy/vault/policies.',
            ),
          ),
        ...agents
          .filter(({ init, text }) => init !== /^\s*exit_after_auth\s*=\s*true/m.test(text))
          .map(({ path, init }) =>
            inWorkload(
              workload,
              `${path}.command`,
              init ? 'the pod waits for an agent that never ends' : 'an agent that should stay ends',
              'Name the configuration that is for it: the one for the start has exit_after_auth.',
            ),
          ),
      ];
    }),
};

/** Everybody in a namespace whose sign-in is in a Secret, and who makes those anew. */
export const signInsRenewed: Check = {
  number: 89,
  name: 'the job that makes sign-ins anew knows everybody who has one, and may',
  why: 'Who is forgotten signs in until the old secret-id ends, and then never again.',
  run: (rendered) =>
    eachOverlay(rendered, (overlay) => {
      const workloads = workloadsOf(overlay);
      return workloads.flatMap((workload) => {
        const words = workload.pod.containers.flatMap(wordsOf);
        if (!words.includes('rotate') || !words.includes('secret-ids')) return [];
        const { namespace } = workload;
        if (!environments[overlay.name]) return [];
        const wanted = new Set(
          overlay.resources
            .filter(({ kind, metadata }) => metadata.namespace === namespace && !/^Role/.test(kind))
            .flatMap((resource) =>
              leaves(resource).flatMap(({ value }) => /^approle-(.+)$/.exec(String(value))?.[1] ?? []),
            ),
        );
        const may = ofKind<{ rules?: { resourceNames?: string[] }[] }>(overlay, 'Role')
          .filter(({ metadata }) => metadata.namespace === namespace)
          .flatMap(({ rules = [] }) => rules.flatMap(({ resourceNames = [] }) => resourceNames));
        return [...wanted].flatMap((service) => [
          ...(words.includes(service) || words.includes(`--only=${service}`)
            ? []
            : [inWorkload(workload, 'args', `it forgets ${service}`, `Write ${service} after --only.`)]),
          ...(may.includes(`approle-${service}`)
            ? []
            : [
                inWorkload(
                  workload,
                  'args',
                  `it may not change approle-${service}`,
                  'Name it in resourceNames of the Role beside it.',
                ),
              ]),
        ]);
      });
    }),
};

/** What services call the three; MinIO knows its own names only. */
const PAIRS = [
  ['/tls.crt', '/tls.key', '/ca.crt'],
  ['/public.crt', '/private.key', '/ca.crt'],
];

export const oneTemplateForPair: Check = {
  number: 34,
  name: 'one template writes certificate and key',
  why: 'From two templates they are two certificates, and the key fits neither.',
  run: (rendered) =>
    eachWorkload(rendered, (workload) => {
      if (!isInjected(workload.annotations)) return [];
      const templates = [...injected(workload.annotations)].map(([name, said]) => ({
        name,
        text: said['agent-inject-template-'] ?? '',
      }));
      const issuing = templates.filter(({ text }) => /pkiCert|\/issue\//.test(text));
      const wrong =
        issuing.length > 1
          ? `${issuing.map(({ name }) => name).join(' and ')} each issue a certificate`
          : issuing.length === 1 &&
              !PAIRS.some((files) => files.every((file) => issuing[0]!.text.includes(file)))
            ? `"${issuing[0]!.name}" does not write tls.crt, tls.key and ca.crt`
            : undefined;
      return wrong === undefined
        ? []
        : [
            inWorkload(
              workload,
              annotationsPath(workload),
              wrong,
              'One pkiCert template writes all three: deploy/vault/agent/tls.ctmpl.',
            ),
          ];
    }),
};
