import { CODE_CLASSES } from './code-classes.ts';

/** The whole of code.css, made from the list of classes. */
export function codeCss(): string {
  const variables = Object.values(CODE_CLASSES).map(({ variable, fallback }) =>
    fallback ? `${variable} (else ${fallback})` : variable,
  );
  const rules = Object.entries(CODE_CLASSES).map(
    ([className, { variable, fallback }]) =>
      `pre .${className} {\n  color: var(${variable}${fallback ? `, var(${fallback})` : ''});\n}`,
  );
  return `/*
 * Colours of code (packages/markdown). Written by scripts/write-code-css.ts: change src/code-classes.ts instead.
 * A design defines, for light and dark:
${variables.map((variable) => ` *   ${variable}`).join('\n')}
 * Text, background and marked lines (.line.highlighted, .added, .removed) belong to the design.
 */
${rules.join('\n')}
.code.diff .line::before {
  content: '  ';
}
.code.diff .added::before {
  content: '+ ';
}
.code.diff .removed::before {
  content: '- ';
}
`;
}
