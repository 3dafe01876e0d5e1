import type { Draft, Language, Said } from './letters.ts';

const stay = ({ listing_title, city, check_in, check_out, guests }: Said) => [
  [listing_title, city].filter(Boolean).join(', '),
  `du ${check_in} au ${check_out}, ${guests === 1 ? '1 voyageur' : `${guests} voyageurs`}`,
];
const nothingCharged = "Rien n'a été débité, et rien n'est plus réservé sur votre carte.";

const refunded = ({ refund }: Said) => [
  refund
    ? `${refund} vous sont remboursés. Les banques mettent quelques jours à l'afficher.`
    : "D'après les conditions de la réservation, rien n'est remboursé.",
];
const because = (words: string | null | undefined) => words ? [`La raison : ${words}`] : [];

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
      ...refunded(said),
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
  no_show_reported: (said) => ({
    greets: 'guest',
    subject: `Étiez-vous là ? ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.host_name} signale que vous n'êtes jamais arrivé.`,
      ...stay(said),
      ...(said.object_until
        ? [
          `Si vous étiez là, dites-le avant le ${said.object_until}. Sinon le séjour prend fin comme si vous l'annuliez maintenant.`,
        ]
        : []),
    ],
  }),
  no_show_objected: (said) => ({
    greets: 'host',
    subject: `${said.guest_name} conteste son absence : ${said.listing_title}, ${said.check_in}`,
    body: [
      `Vous avez signalé l'absence de ${said.guest_name}, qui dit le contraire.`,
      ...stay(said),
      'Nous examinons la question. En attendant, votre versement est retenu.',
    ],
  }),
  no_show_upheld_guest: (said) => ({
    greets: 'guest',
    subject: `Terminé, faute d'arrivée : ${said.listing_title}, ${said.check_in}`,
    body: [
      `Votre séjour chez ${said.host_name} est terminé, faute d'arrivée.`,
      ...stay(said),
      ...because(said.decision),
      ...refunded(said),
    ],
  }),
  no_show_upheld_host: (said) => ({
    greets: 'host',
    subject: `Absence confirmée de ${said.guest_name} : ${said.listing_title}, ${said.check_in}`,
    body: [
      `Le séjour de ${said.guest_name} est terminé. Les nuits restantes sont de nouveau libres.`,
      ...stay(said),
      ...because(said.decision),
      ...(said.left ? [`Vous recevez ${said.left}.`] : []),
    ],
  }),
  no_show_dropped: (said) => ({
    greets: 'guest',
    subject: `Votre séjour continue : ${said.listing_title}, ${said.check_in}`,
    body: [
      "Votre absence n'est plus signalée. Votre séjour est tel que vous l'avez réservé.",
      ...stay(said),
      ...because(said.decision),
    ],
  }),
  no_show_dismissed: (said) => ({
    greets: 'host',
    subject: `Absence non retenue de ${said.guest_name} : ${said.listing_title}, ${said.check_in}`,
    body: [
      `Nous avons constaté que ${said.guest_name} était là. Le séjour est tel qu'il a été réservé.`,
      ...stay(said),
      ...because(said.decision),
    ],
  }),
  complaint_filed: (said) => ({
    greets: 'host',
    subject: `${said.guest_name} se plaint : ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.guest_name} dit que quelque chose ne va pas dans ce séjour.`,
      ...stay(said),
      ...(said.complaint ? [said.complaint] : []),
      "Merci de répondre. Nous en décidons ; en attendant, ce qui n'est pas encore parti de votre versement est retenu.",
    ],
  }),
  complaint_withdrawn: (said) => ({
    greets: 'host',
    subject: `Plus de plainte : ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.guest_name} a retiré sa plainte.`,
      ...stay(said),
    ],
  }),
  complaint_decided_guest: (said) => ({
    greets: 'guest',
    subject: `Décision sur votre plainte : ${said.listing_title}, ${said.check_in}`,
    body: [
      'Nous avons décidé de votre plainte.',
      ...stay(said),
      ...because(said.complaint_decision),
      said.givenBack
        ? `${said.givenBack} vous sont remboursés. Les banques mettent quelques jours à l'afficher.`
        : "Rien n'est remboursé.",
    ],
  }),
  complaint_decided_host: (said) => ({
    greets: 'host',
    subject:
      `Décision sur la plainte de ${said.guest_name} : ${said.listing_title}, ${said.check_in}`,
    body: [
      `Nous avons décidé de la plainte de ${said.guest_name}.`,
      ...stay(said),
      ...because(said.complaint_decision),
      said.share
        ? `Une partie de l'argent est rendue. Votre part du séjour est maintenant de ${said.share}.`
        : "Rien n'est remboursé, et votre versement suit son cours.",
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
