import { count, day, instant, name, text } from '../writing/facts.ts';
import { newsLetter } from '../writing/kinds.ts';

export const inquiry_preapproved = newsLetter({
  facts: {
    other_name: name,
    check_in: day,
    check_out: day,
    guests: count,
    until: instant,
    words: text,
  },
}, {
  en: (said, { nights }) => [
    `You can now book ${said.listing_title}`,
    `${said.other_name} has approved your inquiry. You can book at the listed price without another request.`,
    said.place,
    nights(said),
    said.words,
    `This is valid until ${said.until}. It does not hold the nights for you.`,
  ],
  de: (said, { nights }) => [
    `Du kannst jetzt buchen: ${said.listing_title}`,
    `${said.other_name} hat deiner Anfrage zugestimmt. Du kannst zum angezeigten Preis buchen, ohne noch einmal anzufragen.`,
    said.place,
    nights(said),
    said.words,
    `Das gilt bis ${said.until}. Die Nächte werden dir dadurch nicht freigehalten.`,
  ],
  fr: (said, { nights }) => [
    `Vous pouvez maintenant réserver ${said.listing_title}`,
    `${said.other_name} a approuvé votre demande. Vous pouvez réserver au prix affiché, sans nouvelle demande.`,
    said.place,
    nights(said),
    said.words,
    `Cette approbation est valable jusqu’au ${said.until}. Elle ne bloque pas les nuits pour vous.`,
  ],
  es: (said, { nights }) => [
    `Ya puedes reservar ${said.listing_title}`,
    `${said.other_name} ha aprobado tu consulta. Puedes reservar al precio publicado sin enviar otra solicitud.`,
    said.place,
    nights(said),
    said.words,
    `Es válido hasta el ${said.until}. Las noches no quedan bloqueadas para ti.`,
  ],
});
