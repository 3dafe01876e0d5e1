export const languages = { en: 'English', fr: 'Français', de: 'Deutsch', es: 'Español' } as const;
export type Language = keyof typeof languages;

const isLanguage = (word: string | null | undefined): word is Language =>
  word !== null && word !== undefined && Object.hasOwn(languages, word);

function chosen(): Language {
  const kept = localStorage.getItem('language');
  if (isLanguage(kept)) return kept;
  const wanted = navigator.languages.map((locale) => locale.split('-')[0]).find(isLanguage);
  return wanted ?? 'en';
}

/** The language of this visit. Changing it reloads the page, so it is a constant. */
export const language: Language = chosen();

/** For numbers and days: the reader's own region if it has this language. */
export const locale: string = navigator.languages.find((each) => each.split('-')[0] === language) ??
  language;

export function changeLanguage(to: Language): void {
  localStorage.setItem('language', to);
  location.reload();
}

/** Texts that are loaded only in the language of the visit, and only with the pages that show them. */
export interface Dictionary<Words> {
  (): Words;
  load(): Promise<void>;
}

/** @param loaders one for each language; their types ensure that no text is missing */
export function dictionary<Words>(
  loaders: Record<Language, () => Promise<{ default: Words }>>,
): Dictionary<Words> {
  let words: Words | undefined;
  const read = () => {
    if (words === undefined) throw new Error('These words are not loaded yet.');
    return words;
  };
  return Object.assign(read, {
    async load() {
      words ??= (await loaders[language]()).default;
    },
  });
}
