/** The server that the architecture names, and what runs on it beside what is rendered here. */

const MIB = 2 ** 20;
const GIB = 2 ** 30;

/** cpu in cores, memory in bytes */
export type Amount = { cpu: number; memory: number };

export const server: Amount = { cpu: 12, memory: 64 * GIB };

/** Of the server; the rest is for the page cache, and for what nobody thought of. */
export const SHARE = 0.8;

/** Parts that ask for nothing in a manifest of ours. `requests` is what they ask for, or what they were seen to use. */
export const beside: { what: string; requests: Amount; source: string }[] = [
  {
    what: 'Linux, and K3s itself (API server, datastore, kubelet, containerd)',
    requests: { cpu: 1, memory: 2 * GIB },
    source: 'https://docs.k3s.io/reference/resource-profiling: 1.6 GB with a workload; rounded up',
  },
  {
    what: 'CoreDNS',
    requests: { cpu: 0.1, memory: 70 * MIB },
    source: 'the manifest of K3s',
  },
  {
    what: 'metrics-server, on which HorizontalPodAutoscalers depend',
    requests: { cpu: 0.1, memory: 70 * MIB },
    source: 'the manifest of K3s',
  },
  {
    what: 'Traefik',
    requests: { cpu: 0.25, memory: 256 * MIB },
    source: 'its chart asks for nothing; an estimate',
  },
  {
    what: 'cert-manager: controller, webhook, cainjector',
    requests: { cpu: 0.1, memory: 256 * MIB },
    source: 'its chart asks for nothing; an estimate',
  },
  {
    what: 'Argo CD: controller, repository server, API server, Redis, ApplicationSets',
    requests: { cpu: 1, memory: 1.5 * GIB },
    source: 'its manifests ask for nothing; an estimate',
  },
];

/** Monitoring that is not rendered yet: the numbers of the architecture's own table. */
export const planned: { what: string; requests: Amount; source: string; workload: string }[] = [
  {
    what: 'Prometheus',
    workload: 'prometheus',
    requests: { cpu: 0.5, memory: 2 * GIB },
    source: 'the architecture',
  },
  {
    what: 'Grafana',
    workload: 'grafana',
    requests: { cpu: 0.25, memory: 0.5 * GIB },
    source: 'the architecture',
  },
  {
    what: 'OAuth2 Proxy, twice',
    workload: 'oauth2-proxy',
    requests: { cpu: 0.2, memory: 0.25 * GIB },
    source: 'the architecture',
  },
  {
    what: 'Alertmanager, kube-state-metrics, node exporter',
    workload: 'alertmanager',
    requests: { cpu: 0.2, memory: 0.25 * GIB },
    source: 'an estimate',
  },
];
