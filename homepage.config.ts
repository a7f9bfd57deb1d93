/**
 * The one file a fork changes for its site. Every field is checked at start; a wrong one is named with the fix.
 * What each field means: docs/how-to/make-it-yours.md
 */
import { defineSite } from '@homepage/platform/config';

export default defineSite({
  domain: 'vikingthe.dev',
  name: 'VikingTheDev',
  title: 'VikingTheDev',
  description: 'Notes on building small things carefully, and on the platform that carries this site.',
  language: 'en',
  timeZone: 'Europe/Oslo',
  owner: {
    name: 'VikingTheDev',
    github: 'VikingTheDev',
    bio: 'I am a developer who likes quiet software: few parts, each one proven.',
    links: [{ label: 'GitHub', url: 'https://github.com/VikingTheDev' }],
  },
  navigation: [
    { label: 'Posts', path: '/posts' },
    { label: 'Projects', path: '/projects' },
    { label: 'About', path: '/about' },
    { label: 'How this runs', path: '/platform' },
  ],
  theme: {},
  postsPerPage: 20,
  images: {
    backend: 'ghcr.io/vikingthedev/homepage-backend',
    frontend: 'ghcr.io/vikingthedev/homepage-frontend',
  },
});
