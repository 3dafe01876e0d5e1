/** The French "de" before a name: "de Grace", but "d’Ada". */
export const de = (name: string): string =>
  /^[aeiouyhàâæéèêëîïôœùûü]/i.test(name) ? `d’${name}` : `de ${name}`;
