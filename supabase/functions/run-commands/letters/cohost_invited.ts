import { instant, name, text } from '../writing/facts.ts';
import { newsLetter } from '../writing/kinds.ts';

export const cohost_invited = newsLetter({
  facts: { other_name: name, until: instant, invitation_id: text, code: text },
  // The code stands behind a `#`, so it reaches no server's log and no `Referer` header.
  page: ({ invitation_id, code }) =>
    invitation_id && code ? `invitations/${invitation_id}#${code}` : 'notifications',
}, {
  en: (said) => [
    'You are invited to co-host a home',
    `${said.other_name} would like you to help host a home.`,
    said.place,
    `Sign in with this address to accept or decline by ${said.until}. If you do not know ${said.other_name}, you can ignore this e-mail.`,
    said.code && `If you are asked for a code, it is ${said.code}. Do not share it with anyone.`,
  ],
  de: (said) => [
    'Du bist als Co-Gastgeber für eine Unterkunft eingeladen',
    `${said.other_name} möchte, dass du bei einer Unterkunft mithilfst.`,
    said.place,
    `Melde dich mit dieser Adresse an, um bis ${said.until} zu- oder abzusagen. Wenn du ${said.other_name} nicht kennst, kannst du diese E-Mail ignorieren.`,
    said.code && `Falls du nach einem Code gefragt wirst: ${said.code}. Gib ihn nicht weiter.`,
  ],
  fr: (said) => [
    'Invitation à devenir co-hôte d’un logement',
    `${said.other_name} aimerait que vous l’aidiez à gérer un logement.`,
    said.place,
    `Connectez-vous avec cette adresse pour accepter ou refuser avant le ${said.until}. Si vous ne connaissez pas ${said.other_name}, ignorez cet e-mail.`,
    said.code &&
    `Si un code vous est demandé, saisissez ${said.code}. Ne le communiquez à personne.`,
  ],
  es: (said) => [
    'Te invitan a ser coanfitrión de un alojamiento',
    `${said.other_name} quiere que colabores en la gestión de un alojamiento.`,
    said.place,
    `Inicia sesión con esta dirección para aceptar o rechazar antes del ${said.until}. Si no conoces a ${said.other_name}, ignora este correo.`,
    said.code && `Si te piden un código, es ${said.code}. No lo compartas con nadie.`,
  ],
});
