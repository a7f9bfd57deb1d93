/** Who is asked about each new pod. */
import { finding, type Check, type Finding } from '../finding.ts';
import { worldsOf } from '../network/world.ts';
import { ofKind, selects, type Overlay, type Rendered, type Selector } from '../resource.ts';
import { annotationsPath } from './annotations.ts';
import { eachContainer, eachResource, inWorkload } from './each.ts';
import { isInjected } from './pods.ts';

type Rule = { apiGroups?: string[]; apiVersions?: string[]; operations?: string[]; resources?: string[] };
type Webhook = {
  name: string;
  clientConfig: { service?: { name: string; namespace: string; path?: string; port?: number } };
  rules?: Rule[];
  admissionReviewVersions?: string[];
  failurePolicy?: string;
  namespaceSelector?: Selector;
  objectSelector?: object;
  sideEffects?: string;
  timeoutSeconds?: number;
};

export const webhooksStrict: Check = {
  number: 35,
  name: 'webhooks fail closed, and are asked about our namespaces only',
  why: 'With Ignore a pod starts bare while the injector is away; without a selector the injector stops the whole cluster.',
  run: (rendered) => [
    ...injectorsMissing(rendered),
    ...eachResource(rendered, (resource, overlay) => {
      if (!/^(Mutating|Validating)WebhookConfiguration$/.test(resource.kind)) return [];
      return ((resource['webhooks'] as Webhook[] | undefined) ?? []).flatMap((webhook, index) => {
        const path = `webhooks[${index}]`;
        const empty = (selector: object | undefined): boolean => Object.keys(selector ?? {}).length === 0;
        return [
          webhook.failurePolicy !== 'Fail' &&
            finding(
              overlay,
              resource,
              `${path}.failurePolicy`,
              'it fails open',
              'Write failurePolicy: Fail.',
            ),
          empty(webhook.namespaceSelector) &&
            finding(
              overlay,
              resource,
              `${path}.namespaceSelector`,
              'it is asked about every namespace',
              'Select those that need it by a label.',
            ),
          !ofKind<{ spec: { ports?: { port: number }[] } }>(overlay, 'Service').some(
            ({ metadata, spec }) =>
              metadata.name === webhook.clientConfig.service?.name &&
              metadata.namespace === webhook.clientConfig.service.namespace &&
              (spec.ports ?? []).some(({ port }) => port === (webhook.clientConfig.service!.port ?? 443)),
          ) &&
            finding(
              overlay,
              resource,
              `${path}.clientConfig.service`,
              'there is no such Service with that port',
              'Name the Service of the injector.',
            ),
          !(webhook.rules ?? []).some(isAboutNewPods) &&
            finding(
              overlay,
              resource,
              `${path}.rules`,
              'it is not asked about new pods: they start bare',
              'Write CREATE of pods, of the group "" and v1.',
            ),
          !(webhook.admissionReviewVersions ?? []).includes('v1') &&
            finding(
              overlay,
              resource,
              `${path}.admissionReviewVersions`,
              'it is asked in no version',
              'Write v1.',
            ),
          webhook.clientConfig.service?.path !== ASKED &&
            finding(
              overlay,
              resource,
              `${path}.clientConfig.service.path`,
              'the injector answers nothing there',
              `Write ${ASKED}.`,
            ),
        ].filter((one) => one !== false);
      });
    }),
    ...eachContainer(rendered, ({ env = [] }, path, workload) =>
      env
        .filter(({ name, value }) => name === RENEWS && !isThere(workload.overlay, value))
        .map(({ value }) =>
          inWorkload(
            workload,
            `${path}.env`,
            `there is no webhook ${value}, whose authority it is to write`,
            'Write the name of the MutatingWebhookConfiguration.',
          ),
        ),
    ),
  ],
};

/** https://github.com/hashicorp/vault-k8s: subcommand/injector/command.go */
const ASKED = '/mutate';
const RENEWS = 'AGENT_INJECT_TLS_AUTO';

const isAboutNewPods = ({ apiGroups, apiVersions, operations, resources }: Rule): boolean =>
  [apiGroups?.includes(''), apiVersions?.includes('v1'), operations?.includes('CREATE')].every(Boolean) &&
  resources?.includes('pods') === true;

const isThere = (overlay: Overlay, name: string | undefined): boolean =>
  ofKind(overlay, 'MutatingWebhookConfiguration').some(({ metadata }) => metadata.name === name);

/** Pods that ask for secrets and that no webhook is asked about: they would start bare. */
function injectorsMissing(rendered: Rendered): Finding[] {
  return worldsOf(rendered)
    .filter(({ overlays }) => overlays.some((name) => name.startsWith('cluster')))
    .flatMap((world) => {
      const webhooks = rendered.overlays
        .flatMap((overlay) => ofKind<{ webhooks?: Webhook[] }>(overlay, 'MutatingWebhookConfiguration'))
        .flatMap(({ webhooks: list = [] }) => list);
      const isAsked = (namespace: string): boolean =>
        webhooks.some(({ namespaceSelector = {} }) =>
          selects(namespaceSelector, world.network.namespaces.get(namespace) ?? {}),
        );
      return world.workloads
        .filter(({ annotations, namespace }) => isInjected(annotations) && !isAsked(namespace))
        .map((workload) =>
          inWorkload(
            workload,
            annotationsPath(workload),
            `no injector is asked about pods of ${workload.namespace}`,
            'Give the namespace the label that the webhook selects.',
          ),
        );
    });
}
