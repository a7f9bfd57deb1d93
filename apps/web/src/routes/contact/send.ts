import { resolve } from '$app/paths';
import type { ContactField, ProblemDetails } from '@homepage/contract';

type Trouble = { refused: ContactField[]; failure: string | null };

/** @returns undefined when the message is stored */
export async function sendMessage(form: HTMLFormElement): Promise<Trouble | undefined> {
  try {
    const response = await fetch(`${resolve('/')}api/v1/contact`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(Object.fromEntries(new FormData(form))),
    });
    if (response.ok) return undefined;
    const { code, field = '', fields = [field] } = (await response.json()) as ProblemDetails;
    const wrong = fields.map((name) => name.replace('body.', ''));
    const refused = (['name', 'email', 'message'] as const).filter((name) => wrong.includes(name));
    return { refused, failure: code };
  } catch {
    return { refused: [], failure: 'OFFLINE' };
  }
}
