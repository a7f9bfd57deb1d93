/** Why a server cannot listen where the settings say. */
import { Problem } from './problem.ts';

export type Listening = {
  host: string;
  port: number;
  /** the variables that name them, and the command that would choose another port */
  fields: { host: string; port: string };
  /** e.g. ", for health and metrics,": what it is for, when that is not the site itself */
  purpose?: string;
};

/**
 * @returns Problem PORT_TAKEN, OPS_PORT_TAKEN, PORT_DENIED, HOST_UNKNOWN; undefined for what has to do with neither
 */
export function explainListenError(error: unknown, listening: Listening): Problem | undefined {
  const { host, port, fields, purpose = '' } = listening;
  const { code } = Object(error) as { code?: string };
  const another = `${fields.port}=${port < 65535 ? port + 1 : 3000} npm start`;
  if (code === 'EADDRINUSE') {
    return new Problem(`${fields.port}_TAKEN`, `Port ${port} on ${host}${purpose} is in use.`, {
      field: fields.port,
      fix: `Stop what listens there, or choose another: ${another}`,
      command: another,
      cause: error,
    });
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new Problem('PORT_DENIED', `This user may not listen on port ${port}${purpose}.`, {
      field: fields.port,
      fix: 'Choose a port from 1024 on, and let the proxy in front have the low one.',
      command: `${fields.port}=3000 npm start`,
      cause: error,
    });
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'EINVAL') {
    return new Problem('HOST_UNKNOWN', `${fields.host} is no address of this machine (${code}).`, {
      field: fields.host,
      fix: `Set ${fields.host} to 127.0.0.1, to 0.0.0.0 for every address, or to one that this machine has.`,
      command: 'ip -brief address',
      cause: error,
    });
  }
  return undefined;
}
