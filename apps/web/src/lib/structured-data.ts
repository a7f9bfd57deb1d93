/**
 * schema.org descriptions as JSON-LD. The server alone writes them (`import.meta.env.SSR` at the caller):
 * a browser that changes pages needs none, and they are no part of its code.
 */
import type { Post, Project, SiteInfo } from '@homepage/contract';

const person = ({ owner, origin }: SiteInfo) => ({
  '@type': 'Person',
  name: owner.name,
  description: owner.bio,
  url: origin,
  sameAs: owner.links.map(({ url }) => url),
});

export const describeSite = (site: SiteInfo) =>
  element({
    '@type': 'WebSite',
    name: site.title,
    description: site.description,
    url: site.origin,
    inLanguage: site.language,
    author: person(site),
  });

export const describeOwner = (site: SiteInfo) =>
  element({ '@type': 'ProfilePage', mainEntity: person(site) });

export const describePost = (post: Post, site: SiteInfo) =>
  element({
    '@type': 'BlogPosting',
    headline: post.title,
    description: post.description,
    url: site.origin + post.url,
    datePublished: post.publishedAt,
    dateModified: post.updatedAt ?? post.publishedAt,
    wordCount: post.words,
    inLanguage: site.language,
    keywords: post.tags.map(({ label }) => label),
    author: person(site),
  });

export const describeProject = (project: Project, site: SiteInfo) =>
  element({
    '@type': 'CreativeWork',
    name: project.title,
    description: project.description,
    url: site.origin + project.url,
    author: person(site),
  });

/** Data, not script: a content security policy lets it be. "<" could end the element early; nothing else can. */
function element(description: Record<string, unknown>): string {
  const json = JSON.stringify({ '@context': 'https://schema.org', ...description }).replaceAll(
    '<',
    '\\u003c',
  );
  return `<script type="application/ld+json">${json}</script>`;
}
