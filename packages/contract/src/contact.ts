/** What somebody writes to the owner. The same checks hold for the form and for the API. */
import { z } from 'zod';

export const CONTACT_LIMITS = { name: 100, email: 254, message: 10_000 } as const;

export const contactMessage = z.strictObject({
  name: z
    .string()
    .overwrite((value) => value.trim())
    .min(1, 'must not be empty')
    .max(CONTACT_LIMITS.name)
    .regex(/^\P{Cc}*$/u, 'must be one line')
    .describe('who writes'),
  email: z
    .string()
    .overwrite((value) => value.trim())
    .max(CONTACT_LIMITS.email)
    .regex(new RegExp(`^$|${z.regexes.email.source}`), 'must be an e-mail address, or empty')
    .optional()
    .describe('where an answer may go; nothing is sent to it by the site'),
  message: z
    .string()
    // browsers send forms with CRLF
    .overwrite((value) => value.replaceAll(/\r\n?/g, '\n').trim())
    .min(1, 'must not be empty')
    .max(CONTACT_LIMITS.message)
    .regex(/^[\P{Cc}\n\t]*$/u, 'must be text without control characters')
    .describe('plain text'),
  website: z
    .string()
    .max(2000)
    .optional()
    .describe('leave it out: a trap for programs that fill in everything; such messages are set apart'),
});

export const contactStored = z.object({
  receivedAt: z.iso.datetime().describe('when it was stored; it was, before this answer'),
});

export type ContactMessage = z.output<typeof contactMessage>;
export type ContactField = 'name' | 'email' | 'message';

/** The form as it comes back, with everything that was typed. */
export type ContactForm = {
  values: Record<ContactField, string>;
  /** fields that were refused */
  refused: ContactField[];
  /** why nothing was stored although every field was well; a problem's code */
  failure: string | null;
};
