const escapes: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** A text as one field of COPY's text format. */
export const copyText = (text: string): string =>
  text.replace(/[\\\n\r\t]/g, (character) => escapes[character] ?? character);
