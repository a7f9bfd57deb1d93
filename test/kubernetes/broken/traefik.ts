/** Of [checks/traefik.ts](../checks/traefik.ts). */
import { add, type Broken } from './make.ts';

export const broken: Broken[] = [
  {
    check: 73,
    name: 'a setting of Traefik that is none',
    breaks: add('cluster', {
      apiVersion: 'helm.cattle.io/v1',
      kind: 'HelmChartConfig',
      metadata: { name: 'traefik', namespace: 'kube-system' },
      spec: { valuesContent: 'service: { spec: { externalTrafficPolcy: Local } }' },
    }),
    message: /the chart has no "service\.spec\.externalTrafficPolcy"/,
  },
  {
    check: 73,
    name: 'everybody believed about visitors',
    breaks: add('cluster', {
      apiVersion: 'helm.cattle.io/v1',
      kind: 'HelmChartConfig',
      metadata: { name: 'traefik', namespace: 'kube-system' },
      spec: {
        valuesContent:
          'service: {spec: {externalTrafficPolicy: Local}}\nports: {web: {forwardedHeaders: {trustedIPs: ["10.0.0.0/8"]}}}',
      },
    }),
    message: /who comes to web may say that they are somebody else/,
  },
];
