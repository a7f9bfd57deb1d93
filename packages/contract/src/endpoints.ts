/**
 * Every endpoint of the public API. Routes, OpenAPI, the readable docs and the typed client are all made from this
 * table; a test compares it with what the application answers.
 */
import type { z } from 'zod';
import {
  apiHitList,
  apiPage,
  apiPageList,
  apiPost,
  apiPostList,
  apiProjectList,
  apiSite,
  apiTagList,
  listQuery,
  searchQuery,
  slugParams,
} from './api.ts';
import { contactMessage, contactStored } from './contact.ts';
import { platformStatus } from './platform.ts';
import type { ProblemCode } from './problem.ts';

/** Parts of the site that its configuration can switch off. */
export type Features = { contact: boolean };

export type Endpoint = {
  method: 'GET' | 'POST';
  /** with parameters in braces */
  path: string;
  summary: string;
  /** more than one sentence, when there is more to say */
  description?: string;
  params?: z.ZodObject;
  query?: z.ZodObject;
  body?: z.ZodObject;
  /** a larger body is refused */
  maxBytes?: number;
  /** status of the answer when all is well */
  status: 200 | 201;
  answer: z.ZodType;
  /** shows the present moment: asked every time, kept by nobody */
  live?: true;
  /** there are too many of its answers to keep each of them */
  unkept?: true;
  /** it is there only while this feature is on */
  feature?: keyof Features;
  /** beside those that every endpoint has */
  problems: readonly ProblemCode[];
};

const list = { method: 'GET', query: listQuery, status: 200, problems: ['INVALID_CURSOR'] } as const;
const one = {
  method: 'GET',
  params: slugParams,
  status: 200,
  problems: ['NOT_FOUND', 'GONE', 'BAD_ADDRESS'],
} as const;

export const endpoints = {
  getSite: {
    method: 'GET',
    path: '/api/v1/site',
    summary: 'Name, owner, language and navigation of the site',
    status: 200,
    answer: apiSite,
    problems: [],
  },
  listPosts: {
    ...list,
    path: '/api/v1/posts',
    summary: 'Published posts, newest first',
    answer: apiPostList,
  },
  getPost: { ...one, path: '/api/v1/posts/{slug}', summary: 'One post with its text', answer: apiPost },
  listProjects: {
    ...list,
    path: '/api/v1/projects',
    summary: "Projects in the owner's order",
    answer: apiProjectList,
  },
  listPages: { ...list, path: '/api/v1/pages', summary: 'Pages such as “about”', answer: apiPageList },
  getPage: { ...one, path: '/api/v1/pages/{slug}', summary: 'One page with its text', answer: apiPage },
  listTags: { ...list, path: '/api/v1/tags', summary: 'Tags, most used first', answer: apiTagList },
  getPlatform: {
    method: 'GET',
    path: '/api/v1/platform',
    summary: 'What the running system says of itself',
    description: 'Asked anew for every request. What is not known is null.',
    status: 200,
    answer: platformStatus,
    live: true,
    problems: [],
  },
  search: {
    method: 'GET',
    path: '/api/v1/search',
    summary: 'Posts, pages and projects that have these words, the best first',
    description:
      'Words are found in any of their forms, without accents, and by their beginning; a phrase in quotes as it stands; a word with a minus must not occur. A word that nothing has is corrected.',
    query: searchQuery,
    status: 200,
    answer: apiHitList,
    unkept: true,
    problems: ['INVALID_CURSOR'],
  },
  sendMessage: {
    method: 'POST',
    path: '/api/v1/contact',
    summary: 'Write to the owner',
    description:
      'The message is stored before the answer. Nothing about the sender is kept but what they typed.',
    body: contactMessage,
    maxBytes: 128 * 1024,
    status: 201,
    answer: contactStored,
    feature: 'contact',
    problems: ['INVALID_BODY', 'CROSS_SITE', 'BODY_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE', 'TOO_MANY_MESSAGES'],
  },
} as const satisfies Record<string, Endpoint>;

export type Endpoints = typeof endpoints;
export type EndpointName = keyof Endpoints;

/** Problems that any endpoint may answer with. */
export const COMMON_PROBLEMS = [
  'INVALID_REQUEST',
  'INTERNAL',
  'UNAVAILABLE',
  'OVERLOADED',
] as const satisfies readonly ProblemCode[];

/** What a handler gets: checked, with defaults. */
export type EndpointInput<E extends Endpoint> = {
  params: Output<E['params']>;
  query: Output<E['query']>;
  body: Output<E['body']>;
};
export type EndpointAnswer<E extends Endpoint> = z.output<E['answer']>;

type Output<S> = S extends z.ZodType ? z.output<S> : Record<never, never>;
