import { dictionary } from '../i18n/language.ts';

/** The pages of hosts, but those of a single home. */
export const host = dictionary({
  en: () => import('./i18n/en.ts'),
  fr: () => import('./i18n/fr.ts'),
  de: () => import('./i18n/de.ts'),
  es: () => import('./i18n/es.ts'),
});

/** What a host says of a home: its steps, prices and rules. */
export const homes = dictionary({
  en: () => import('./i18n/homes-en.ts'),
  fr: () => import('./i18n/homes-fr.ts'),
  de: () => import('./i18n/homes-de.ts'),
  es: () => import('./i18n/homes-es.ts'),
});
