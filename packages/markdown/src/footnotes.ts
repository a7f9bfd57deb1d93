import type { Element, ElementContent } from 'hast';
import type { FootnoteDefinition, FootnoteReference, List, Root } from 'mdast';
import { visit } from 'unist-util-visit';
import type { Page } from './page.ts';
import { elementNode } from './slots.ts';

/** The id of the heading above the notes. */
export const FOOTNOTES_ID = 'footnotes';

/** How a footnote and the places that mention it are addressed; a heading never gets such an id. */
export const FOOTNOTE_IDS = /^fn(?:ref)?-\d/;
const noteId = (number: number) => `fn-${number}`;
const mentionId = (number: number, mention: number) => `fnref-${mentionNumber(number, mention)}`;
const mentionNumber = (number: number, mention: number) =>
  mention === 1 ? `${number}` : `${number}-${mention}`;

/** Numbers footnotes in the order of their first mention and lists them at the end, each with links back. */
export function footnotes({ slots, labels }: Page) {
  return (tree: Root): void => {
    const definitions = takeDefinitions(tree);
    const noted: { definition: FootnoteDefinition; mentions: number }[] = [];
    const numbers = new Map<string, number>();

    const numberMentions = (node: Root | FootnoteDefinition) =>
      visit(node, 'footnoteReference', (reference, index, parent) => {
        const definition = definitions.get(reference.identifier);
        if (!definition || !parent || index === undefined) return;
        let number = numbers.get(reference.identifier);
        if (!number) {
          number = noted.push({ definition, mentions: 0 });
          numbers.set(reference.identifier, number);
        }
        const note = noted[number - 1] as (typeof noted)[number];
        parent.children[index] = mentionNode(reference, number, ++note.mentions);
      });

    numberMentions(tree);
    // Notes may mention notes: the list grows while it is walked.
    for (let index = 0; index < noted.length; index++)
      numberMentions((noted[index] as (typeof noted)[number]).definition);
    if (noted.length === 0) return;

    const list: List = {
      type: 'list',
      ordered: true,
      children: noted.map(({ definition, mentions }, index) => ({
        type: 'listItem',
        spread: true,
        children: definition.children,
        position: definition.position,
        data: { hProperties: slots.hold((element) => finishNote(element, index + 1, mentions)) },
      })),
    };
    tree.children.push(elementNode('div', slots.hold(finishSection), { children: [list] }));
  };

  function mentionNode(reference: FootnoteReference, number: number, mention: number) {
    const properties = slots.hold(
      (element) => {
        element.properties = {};
        element.children = [
          link(`#${noteId(number)}`, String(number), {
            id: mentionId(number, mention),
            role: 'doc-noteref',
            ariaLabel: labels.footnote.replace('{number}', String(number)),
          }),
        ];
      },
      { text: '' },
    );
    return elementNode('sup', properties, { position: reference.position });
  }

  function finishNote(item: Element, number: number, mentions: number): void {
    item.properties = { id: noteId(number) };
    const last = item.children.findLast((child) => child.type === 'element');
    const end = last?.type === 'element' && last.tagName === 'p' ? last : item;
    for (let mention = 1; mention <= mentions; mention++) {
      const place = mentionNumber(number, mention);
      const back = link(`#${mentionId(number, mention)}`, '↩', {
        className: ['backref'],
        role: 'doc-backlink',
        ariaLabel: labels.backToReference.replace('{number}', place),
      });
      end.children.push({ type: 'text', value: ' ' }, back);
    }
  }

  function finishSection(section: Element): void {
    section.tagName = 'section';
    section.properties = { className: ['footnotes'], role: 'doc-endnotes', ariaLabelledBy: [FOOTNOTES_ID] };
    section.children.unshift({
      type: 'element',
      tagName: 'h2',
      properties: { id: FOOTNOTES_ID },
      children: [{ type: 'text', value: labels.footnotes }],
    });
  }
}

function takeDefinitions(tree: Root): Map<string, FootnoteDefinition> {
  const definitions = new Map<string, FootnoteDefinition>();
  visit(tree, 'footnoteDefinition', (definition, index, parent) => {
    if (!parent || index === undefined) return;
    if (!definitions.has(definition.identifier)) definitions.set(definition.identifier, definition);
    parent.children.splice(index, 1);
    return index;
  });
  return definitions;
}

function link(href: string, text: string, properties: Element['properties']): Element {
  const children: ElementContent[] = [{ type: 'text', value: text }];
  return { type: 'element', tagName: 'a', properties: { href, ...properties }, children };
}
