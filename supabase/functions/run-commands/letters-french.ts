import type { Draft, Language, Said } from './letters.ts';

const stay = ({ listing_title, city, check_in, check_out, guests }: Said) => [
  [listing_title, city].filter(Boolean).join(', '),
  `du ${check_in} au ${check_out}, ${guests === 1 ? '1 voyageur' : `${guests} voyageurs`}`,
];
const nothingCharged = "Rien n'a été débité, et rien n'est plus réservé sur votre carte.";

const letters: Record<string, (said: Said) => Draft> = {
  booking_requested: (said) => ({
    greets: 'host',
    subject: `${said.guest_name} souhaite séjourner à ${said.listing_title}`,
    body: [
      `${said.guest_name} souhaite séjourner chez vous.`,
      ...stay(said),
      ...(said.payout ? [`Vous recevriez ${said.payout}.`] : []),
      ...(said.answer_until ? [`Merci de répondre avant le ${said.answer_until}.`] : []),
    ],
  }),
  booking_confirmed_guest: (said) => ({
    greets: 'guest',
    subject: `Confirmé : ${said.listing_title}, ${said.check_in}`,
    body: [
      `Votre séjour chez ${said.host_name} est confirmé.`,
      ...stay(said),
      `Arrivée à partir de ${said.check_in_time}, départ avant ${said.check_out_time}.`,
      ...(said.total ? [`Vous avez payé ${said.total}.`] : []),
    ],
  }),
  booking_confirmed_host: (said) => ({
    greets: 'host',
    subject: `${said.guest_name} séjourne à ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.guest_name} a réservé, et le séjour est confirmé.`,
      ...stay(said),
      ...(said.payout ? [`Vous recevez ${said.payout}.`] : []),
    ],
  }),
  booking_declined: (said) => ({
    greets: 'guest',
    subject: `Pas cette fois : ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.host_name} n'a pas pu accepter votre demande.`,
      ...stay(said),
      nothingCharged,
    ],
  }),
  booking_expired: (said) => ({
    greets: 'guest',
    subject: `Demande close : ${said.listing_title}, ${said.check_in}`,
    body: ["Votre demande s'est terminée sans réservation.", ...stay(said), nothingCharged],
  }),
  booking_withdrawn: (said) => ({
    greets: 'host',
    subject: `${said.guest_name} ne demande plus ${said.listing_title}`,
    body: [
      `${said.guest_name} a retiré sa demande. Les nuits sont de nouveau libres.`,
      ...stay(said),
    ],
  }),
  booking_cancelled_guest: (said) => ({
    greets: 'guest',
    subject: `Annulé : ${said.listing_title}, ${said.check_in}`,
    body: [
      `Votre séjour chez ${said.host_name} est annulé.`,
      ...stay(said),
      ...(said.refund
        ? [`${said.refund} vous sont remboursés. Les banques mettent quelques jours à l'afficher.`]
        : ["D'après les conditions de la réservation, rien n'est remboursé."]),
    ],
  }),
  booking_cancelled_host: (said) => ({
    greets: 'host',
    subject: `Annulé : ${said.guest_name} à ${said.listing_title}, ${said.check_in}`,
    body: [
      `Le séjour de ${said.guest_name} est annulé.`,
      ...stay(said),
      ...(said.left ? [`Vous recevez ${said.left}.`] : []),
      ...(said.penalty
        ? [`Vous devez ${said.penalty} ; les prochains versements les paieront.`]
        : []),
    ],
  }),
  payment_returned: (said) => ({
    greets: 'guest',
    subject: `Votre argent revient : ${said.listing_title}`,
    body: [
      "Votre paiement est arrivé quand les nuits n'étaient plus retenues, et elles n'ont pas pu vous être données.",
      ...stay(said),
      `Tout vous est rendu${
        said.total ? ` : ${said.total}` : ''
      }. Les banques mettent quelques jours à l'afficher.`,
    ],
  }),
};

export const french: Language = {
  hello: (name) => `Bonjour ${name},`,
  booking: (id) => `Réservation ${id}`,
  unsubscribe: (link) => `Ne plus recevoir ces lettres : ${link}`,
  message: ({ sender_name, listing_title }) => ({
    subject: `${sender_name} vous écrit : ${listing_title}`,
    intro: `${sender_name} vous a écrit, au sujet de ${listing_title} :`,
  }),
  letters,
};
