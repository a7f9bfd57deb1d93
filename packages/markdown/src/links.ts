import type { Root } from 'hast';
import { visit } from 'unist-util-visit';
import { visitParents } from 'unist-util-visit-parents';
import type { Page } from './page.ts';
import { LINK_URL } from './safe-url.ts';
import { USER_PREFIX } from './sanitize.ts';

/** Lists links and gives them their final address. */
export function links({ options, links: found }: Page) {
  return (tree: Root): void => {
    const userIds = uniqueUserIds(tree);
    visit(tree, { type: 'element', tagName: 'a' }, ({ properties, position }) => {
      if (typeof properties.href !== 'string') return;
      const at = { line: position?.start.line ?? 0 };
      found.push({ url: properties.href, ...at });
      const replacement = options.link?.(properties.href, at);
      if (replacement !== undefined && LINK_URL.test(replacement)) properties.href = replacement;

      const fragment = properties.href.startsWith('#') ? USER_PREFIX + properties.href.slice(1) : '';
      if (userIds.has(fragment)) properties.href = `#${fragment}`;
      if (/^(?:https?:)?\/\//i.test(properties.href)) properties.rel = ['noopener'];
    });
  };
}

/** The last step: a link cannot stand in a link (a footnote or permalink of ours inside one that was written), so the inner one goes. */
export function unnestLinks() {
  return (tree: Root): void => {
    visitParents(tree, { type: 'element', tagName: 'a' }, (link, ancestors) => {
      if (!ancestors.some((ancestor) => 'tagName' in ancestor && ancestor.tagName === 'a')) return;
      link.tagName = 'span';
      link.properties = link.properties.id ? { id: link.properties.id } : {};
    });
  };
}

/** Ids from raw HTML; a second element with the same one loses it. */
function uniqueUserIds(tree: Root): Set<string> {
  const ids = new Set<string>();
  visit(tree, 'element', ({ properties }) => {
    if (typeof properties.id !== 'string') return;
    if (ids.has(properties.id)) delete properties.id;
    else ids.add(properties.id);
  });
  return ids;
}
