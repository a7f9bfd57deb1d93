/** What containers tell their programs: variables, command lines, ports and probes, as each program knows them. */
import { type Check, type Finding } from '../finding.ts';
import { isTold, programOf, PROBES, wordsOf, type Program } from '../programs/index.ts';
import type { Container } from '../resource.ts';
import { nearest } from '../schemas/validate.ts';
import { eachContainer, inWorkload } from './each.ts';

type Report = (field: string, message: string, fix: string) => Finding;

/** Of each container whose program is known. */
const eachProgram = (look: (container: Container, program: Program, report: Report) => Finding[]) =>
  ((rendered) =>
    eachContainer(rendered, (container, path, workload) => {
      const program = programOf(container.image);
      return (
        program &&
        look(container, program, (field, message, fix) =>
          inWorkload(workload, `${path}.${field}`, message, fix),
        )
      );
    })) satisfies Check['run'];

/** Names of "$(NAME)" in a command line, or in another variable: Kubernetes puts its value there. */
const putIn = (container: Container): string[] =>
  [...wordsOf(container), ...(container.env ?? []).map(({ value = '' }) => value)].flatMap((text) =>
    [...text.matchAll(/\$\((\w+)\)/g)].map(([, name]) => name!),
  );

export const variablesRead: Check = {
  number: 80,
  name: 'variables are ones that the program reads, with values that it takes',
  why: 'A misspelt variable is no error anywhere: the program goes on with its default.',
  run: (rendered) => [
    ...eachContainer(rendered, ({ image }, path, workload) =>
      programOf(image)
        ? []
        : [
            inWorkload(
              workload,
              `${path}.image`,
              `nobody knows what ${image.split('@')[0]} reads`,
              'Add it to test/kubernetes/programs, from what its makers write.',
            ),
          ],
    ),
    ...eachProgram((container, program, report) =>
      (container.env ?? []).flatMap(({ name, value }) => {
        if (!program.variables.includes(name)) {
          const near = nearest(name, program.variables);
          return putIn(container).includes(name)
            ? []
            : [
                report(
                  `env ${name}`,
                  'its program does not read this variable',
                  near
                    ? `Did you mean ${near}?`
                    : `Remove it; or add it to test/kubernetes/programs: ${program.source}.`,
                ),
              ];
        }
        const problem = value === undefined ? undefined : program.valueProblem?.(name, value);
        return problem === undefined
          ? []
          : [report(`env ${name}`, problem, `Write what it takes: ${program.source}.`)];
      }),
    )(rendered),
  ],
};

export const commandsKnown: Check = {
  number: 78,
  name: 'command lines are ones that the program knows, and nothing that it must be told is missing',
  why: 'A job with a misspelt command fails each night, and is read about in its log alone.',
  run: eachProgram((container, program, report) => {
    const problem = program.commandProblem(container);
    const unknown = putIn(container).filter((name) => !isTold(container, name));
    return [
      ...unknown.map((name) =>
        report(
          'env',
          `$(${name}) is nobody's: it stays as it is written`,
          'Add the variable, or mend its name.',
        ),
      ),
      ...(problem === undefined
        ? []
        : [report(container.args ? 'args' : 'command', problem, `Write what it knows: ${program.source}.`)]),
      ...(program.needs?.(container) ?? [])
        .filter((name) => !isTold(container, name))
        .map((name) =>
          report(name.startsWith('-') ? 'args' : 'env', `nobody tells it ${name}`, 'Write it again.'),
        ),
    ];
  }),
};

export const portsAndHealth: Check = {
  number: 79,
  name: 'programs listen where their container says, and probes ask what they answer',
  why: 'A probe of a path that is not there ends every pod, as often as it is started.',
  run: eachProgram((container, program, report) => [
    ...(container.ports ?? [])
      .filter(({ containerPort }) => !program.listens(container).includes(containerPort))
      .map(({ containerPort }) =>
        report(
          'ports',
          `it does not listen on ${containerPort}`,
          `It does on ${program.listens(container).join(', ') || 'none'}.`,
        ),
      ),
    ...PROBES.flatMap((field) => {
      const path = container[field]?.httpGet?.path;
      const known = program.health[field] ?? [];
      return path === undefined || known.includes(path)
        ? []
        : [
            report(
              `${field}.httpGet.path`,
              `it answers nothing at ${path}`,
              known.length > 0 ? `Write ${known.join(' or ')}.` : 'Ask by tcpSocket.',
            ),
          ];
    }),
  ]),
};
