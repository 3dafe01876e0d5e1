import { dictionary } from '../i18n/language.ts';

/** The texts of host pages, except the listing editor. */
export const host = dictionary({
  en: () => import('./i18n/en.ts'),
  fr: () => import('./i18n/fr.ts'),
  de: () => import('./i18n/de.ts'),
  es: () => import('./i18n/es.ts'),
});

/** The texts of the listing editor. */
export const homes = dictionary({
  en: () => import('./i18n/homes-en.ts'),
  fr: () => import('./i18n/homes-fr.ts'),
  de: () => import('./i18n/homes-de.ts'),
  es: () => import('./i18n/homes-es.ts'),
});
