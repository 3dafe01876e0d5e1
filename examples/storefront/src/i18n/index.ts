import { dictionary } from './language.ts';

export { changeLanguage, dictionary, language, languages, locale } from './language.ts';
export type { Language } from './language.ts';

/** What every page and the search need. */
export const core = dictionary({
  en: () => import('./core/en.ts'),
  fr: () => import('./core/fr.ts'),
  de: () => import('./core/de.ts'),
  es: () => import('./core/es.ts'),
});

/** The page of a home, booking, trips and the account. */
export const guest = dictionary({
  en: () => import('./guest/en.ts'),
  fr: () => import('./guest/fr.ts'),
  de: () => import('./guest/de.ts'),
  es: () => import('./guest/es.ts'),
});

/** Reports, blocked people and complaints: loaded with their dialogs. */
export const safety = dictionary({
  en: () => import('./safety/en.ts'),
  fr: () => import('./safety/fr.ts'),
  de: () => import('./safety/de.ts'),
  es: () => import('./safety/es.ts'),
});

/** Texts of refusals, by code: loaded with the first refusal. */
export const refusals = dictionary<Readonly<Record<string, string>>>({
  en: () => import('./refusals/en.ts'),
  fr: () => import('./refusals/fr.ts'),
  de: () => import('./refusals/de.ts'),
  es: () => import('./refusals/es.ts'),
});

/** Names of amenities, by code; an unknown one is shown as its code. */
export const amenities = dictionary<Readonly<Record<string, string>>>({
  en: () => import('./amenities/en.ts'),
  fr: () => import('./amenities/fr.ts'),
  de: () => import('./amenities/de.ts'),
  es: () => import('./amenities/es.ts'),
});
