/** What the injector is told to put beside a pod. */
import { type Check, type Finding } from '../finding.ts';
import { annotationsPath, NAMED, PREFIX } from './annotations.ts';
import { eachWorkload, inWorkload } from './each.ts';
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
