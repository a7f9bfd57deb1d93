import { HtmlValidate } from 'html-validate';
import { describe, expect, it } from 'vitest';
import { render } from './index.ts';
import { kitchenSink } from './testing/kitchen-sink.ts';
import { violations } from './testing/output-rules.ts';

describe('a text that uses everything', () => {
  it('is valid HTML', async () => {
    const { html } = await render(kitchenSink);
    const page = `<!DOCTYPE html>\n<html lang="en"><head><title>Page</title></head><body><main><h1>Page</h1>\n${html}\n</main></body></html>`;
    const report = await new HtmlValidate({
      extends: ['html-validate:standard', 'html-validate:a11y'],
      rules: {
        // How HTML is spelt, not whether it is valid.
        'void-style': 'off',
        'attr-quotes': 'off',
        'no-trailing-whitespace': 'off',
        // A table's region is a scroll container; as a `section` it would look like part of the text's outline.
        'prefer-native-element': ['error', { exclude: ['region'] }],
      },
    }).validateString(page);
    const messages = report.results.flatMap((result) =>
      result.messages.map(({ ruleId, message, line }) => `${line} ${ruleId}: ${message}`),
    );
    expect(messages).toEqual([]);
    expect(violations(html)).toEqual([]);
  });
});
