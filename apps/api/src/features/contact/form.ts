/** The form of /contact as a browser sends it without script: what was typed comes back with what is wrong. */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { contactMessage, endpoints, type ContactForm } from '@homepage/contract';
import { Problem } from '@homepage/platform';
import type { Context } from '../../context.ts';
import { plainErrorPage } from '../../documents/plain-error.ts';
import { sendDocument } from '../../documents/send.ts';
import { refuseOtherSites } from '../../same-site.ts';
import type { Take } from './routes.ts';

export function formRoute(
  app: FastifyInstance,
  { documents, origin, renderContact }: Context,
  take: Take,
): void {
  // A scope of its own: nothing else takes what a form sends.
  void app.register(async (scope) => {
    scope.addContentTypeParser<string>(
      'application/x-www-form-urlencoded',
      { parseAs: 'string' },
      async (_request: FastifyRequest, body: string) => Object.fromEntries(new URLSearchParams(body)),
    );
    scope.setErrorHandler((error: FastifyError, _request, reply) => {
      const status = error instanceof Problem ? error.status : error.statusCode;
      if (status !== 403 && status !== 413) throw error;
      return reply.code(status).type('text/html; charset=utf-8').send(plainErrorPage(status));
    });

    const onRequest = async (request: FastifyRequest): Promise<void> => refuseOtherSites(request, origin);
    const bodyLimit = endpoints.sendMessage.maxBytes;
    scope.post('/contact', { bodyLimit, onRequest }, async (request, reply) => {
      const fields = request.body as Record<string, string>;
      const checked = contactMessage.safeParse(fields);
      if (!checked.success) {
        const refused = checked.error.issues.map(({ path }) => String(path[0]));
        return comeBack(request, reply, 422, formOf(fields, refused, null));
      }
      try {
        await take(checked.data, request, reply);
      } catch (error) {
        const { status, code } = error instanceof Problem ? error : { status: 500, code: 'INTERNAL' };
        if (status >= 500) request.log.error({ err: error }, 'a message was not stored');
        return comeBack(request, reply, status, formOf(fields, [], code));
      }
      // Another address: loading the page again sends nothing again.
      return reply.redirect('/contact/sent', 303);
    });
  });

  async function comeBack(
    request: FastifyRequest,
    reply: FastifyReply,
    status: number,
    form: ContactForm,
  ): Promise<FastifyReply> {
    const page = await documents.live('/contact', () => renderContact(form));
    return sendDocument(request, reply, { ...page, status });
  }
}

function formOf(fields: Record<string, string>, wrong: string[], failure: string | null): ContactForm {
  const { name = '', email = '', message = '' } = fields;
  const refused = (['name', 'email', 'message'] as const).filter((field) => wrong.includes(field));
  // A field that the form does not have was not typed by a person; what they typed comes back all the same.
  return {
    values: { name, email, message },
    refused,
    failure: failure ?? (refused.length === 0 ? 'INVALID_REQUEST' : null),
  };
}
