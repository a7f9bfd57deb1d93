import type { ContactForm, PostSummary, SiteData } from '@homepage/contract';

declare global {
  namespace App {
    interface Platform {
      /** everything the pages show; given by the API in process */
      data: SiteData;
      /** what was typed, when the contact form comes back */
      form?: ContactForm;
      /** logs a failure that no page expected */
      report(error: unknown, path: string): void;
    }
    interface PageData {
      /** where search engines list the page, when that is not here */
      canonical?: string | null;
    }
    interface Error {
      message: string;
      /** 404 only: what is said instead of the usual */
      missing?: { title: string; text: string };
      /** 410 only: what was here and why it is gone */
      gone?: { title: string; since: string | null; reason: string };
      /** a few newest posts, as a way on */
      recent?: PostSummary[];
    }
  }
  /** "d" of the owner's mark from homepage.config.ts; null: the built-in mark */
  const __SITE_MARK__: string | null;
}

declare module 'virtual:theme.css' {}

export {};
