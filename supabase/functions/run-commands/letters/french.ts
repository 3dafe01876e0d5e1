import { alterationLetters, french as alterations } from './alterations.ts';
import type { BookingLetters, Language } from './english.ts';
import type { Said } from './facts.ts';
import { news } from './news.ts';

const stay = ({ listing_title, city, check_in, check_out, guests }: Said) => [
  [listing_title, city].filter(Boolean).join(', '),
  `du ${check_in} au ${check_out}, ${guests === 1 ? '1 voyageur' : `${guests} voyageurs`}`,
];
const nothingCharged = "Rien n'a été débité, et rien n'est plus réservé sur votre carte.";
const because = (words: string | null | undefined) => words ? [`La raison : ${words}`] : [];
const returned = (amount: string) =>
  `${amount} vous sont remboursés. Les banques mettent quelques jours à l'afficher.`;
const refunded = ({ refund, backBefore, owed }: Said) => [
  refund
    ? returned(refund)
    : backBefore
    ? "Rien de plus n'est remboursé."
    : "D'après les conditions de la réservation, rien n'est remboursé.",
  ...(backBefore ? [`${backBefore} vous avaient déjà été remboursés.`] : []),
  ...(owed ? [`D'après ces conditions, ${owed} de plus sont débités de votre carte.`] : []),
];

const letters: BookingLetters = {
  booking_requested: (said) => ({
    greets: 'host',
    subject: `Une demande de séjour : ${said.listing_title}`,
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
      ...(said.paid ? [`Vous avez payé ${said.paid}.`] : []),
      ...(said.later
        ? [`Votre carte sera débitée plus tard de ${said.later}, comme vous l'avez vu.`]
        : []),
    ],
  }),
  booking_confirmed_host: (said) => ({
    greets: 'host',
    subject: `Réservé : ${said.listing_title}, ${said.check_in}`,
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
    subject: `Une demande a été retirée : ${said.listing_title}`,
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
    subject: `Annulé par le voyageur : ${said.listing_title}, ${said.check_in}`,
    body: [
      `Le séjour de ${said.guest_name} est annulé.`,
      ...stay(said),
      ...(said.left ? [`Vous recevez ${said.left}.`] : []),
      ...(said.penalty
        ? [`Vous devez ${said.penalty} ; les prochains versements les paieront.`]
        : []),
    ],
  }),
  charge_failed: (said) => ({
    greets: 'guest',
    subject: `Votre carte n'a pas été débitée : ${said.listing_title}, ${said.check_in}`,
    body: [
      `Votre banque a refusé le paiement${
        said.unpaid ? ` de ${said.unpaid}` : ''
      } pour votre séjour chez ${said.host_name}.`,
      ...stay(said),
      ...(said.pay_by
        ? [
          `Ouvrez la réservation et payez avant le ${said.pay_by} ; ce qui n'est pas payé alors est annulé d'après les conditions de la réservation.`,
        ]
        : []),
    ],
  }),
  no_show_reported: (said) => ({
    greets: 'guest',
    subject: `Êtes-vous venu ? ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.host_name} signale que vous n'êtes pas venu.`,
      ...stay(said),
      ...(said.object_until
        ? [
          `Si vous êtes venu, dites-le avant le ${said.object_until}. Sinon le séjour prend fin comme si vous l'annuliez maintenant.`,
        ]
        : []),
    ],
  }),
  no_show_objected: (said) => ({
    greets: 'host',
    subject: `Le voyageur dit être venu : ${said.listing_title}, ${said.check_in}`,
    body: [
      `Vous avez signalé que ${said.guest_name} n'est pas venu ; ${said.guest_name} dit le contraire.`,
      ...stay(said),
      "Nous l'examinons. Jusque-là votre versement attend.",
    ],
  }),
  no_show_upheld_guest: (said) => ({
    greets: 'guest',
    subject: `Terminé, faute d'arrivée : ${said.listing_title}, ${said.check_in}`,
    body: [
      `Votre séjour chez ${said.host_name} a pris fin, parce que vous n'êtes pas venu.`,
      ...stay(said),
      ...because(said.decision),
      ...refunded(said),
    ],
  }),
  no_show_upheld_host: (said) => ({
    greets: 'host',
    subject: `Le voyageur n'est pas venu : ${said.listing_title}, ${said.check_in}`,
    body: [
      `Le séjour de ${said.guest_name} a pris fin. Les nuits restantes sont de nouveau libres.`,
      ...stay(said),
      ...because(said.decision),
      ...(said.left ? [`Vous recevez ${said.left}.`] : []),
    ],
  }),
  no_show_dropped: (said) => ({
    greets: 'guest',
    subject: `Votre séjour continue : ${said.listing_title}, ${said.check_in}`,
    body: [
      "Il n'est plus dit que vous n'êtes pas venu. Votre séjour reste tel que vous l'avez réservé.",
      ...stay(said),
      ...because(said.decision),
    ],
  }),
  no_show_dismissed: (said) => ({
    greets: 'host',
    subject: `Le voyageur est bien venu : ${said.listing_title}, ${said.check_in}`,
    body: [
      `Nous avons constaté que ${said.guest_name} est venu. Le séjour reste tel qu'il a été réservé.`,
      ...stay(said),
      ...because(said.decision),
    ],
  }),
  complaint_filed: (said) => ({
    greets: 'host',
    subject: `Le voyageur se plaint : ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.guest_name} dit que quelque chose ne va pas avec le séjour.`,
      ...stay(said),
      ...(said.complaint ? [said.complaint] : []),
      "Merci de répondre. Nous en décidons ; jusque-là, ce qui n'est pas parti de votre versement attend.",
    ],
  }),
  complaint_withdrawn: (said) => ({
    greets: 'host',
    subject: `Plus de plainte : ${said.listing_title}, ${said.check_in}`,
    body: [`${said.guest_name} a retiré sa plainte.`, ...stay(said)],
  }),
  complaint_decided_guest: (said) => ({
    greets: 'guest',
    subject: `Votre plainte est tranchée : ${said.listing_title}, ${said.check_in}`,
    body: [
      'Nous avons décidé de votre plainte.',
      ...stay(said),
      ...because(said.complaint_decision),
      said.givenBack ? returned(said.givenBack) : "Rien n'est remboursé.",
    ],
  }),
  complaint_decided_host: (said) => ({
    greets: 'host',
    subject: `La plainte du voyageur est tranchée : ${said.listing_title}, ${said.check_in}`,
    body: [
      `Nous avons décidé de la plainte de ${said.guest_name}.`,
      ...stay(said),
      ...because(said.complaint_decision),
      said.share
        ? `Le voyageur est remboursé en partie. Votre part du séjour est maintenant de ${said.share}.`
        : "Rien n'est remboursé, et votre versement suit son cours.",
    ],
  }),
  damage_claimed: (said) => ({
    greets: 'guest',
    subject: `L'hôte déclare un dégât : ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.host_name} dit que quelque chose a été abîmé pendant votre séjour.`,
      ...stay(said),
      ...(said.damage ? [said.damage] : []),
      ...(said.claimed ? [`Demandé : ${said.claimed}.`] : []),
      ...(said.answer_damage_until
        ? [
          `Merci d'accepter ou de contester avant le ${said.answer_damage_until}. Sinon nous décidons sans vous. Rien n'est débité avant.`,
        ]
        : []),
    ],
  }),
  damage_refused: (said) => ({
    greets: 'guest',
    subject: `Merci de payer le dégât à ${said.listing_title}, ${said.check_in}`,
    body: [
      `Votre carte n'a pas pu être débitée${said.award ? ` de ${said.award}` : ''} pour un dégât.`,
      ...stay(said),
      ...(said.pay_by ? [`Ouvrez la réservation et payez avant le ${said.pay_by}.`] : []),
    ],
  }),
  damage_dropped: (said) => ({
    greets: 'guest',
    subject: `Plus aucun dégât n'est demandé : ${said.listing_title}, ${said.check_in}`,
    body: [`${said.host_name} a retiré sa demande.`, ...stay(said)],
  }),
  damage_disputed: (said) => ({
    greets: 'host',
    subject: `Le voyageur conteste votre demande : ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.guest_name} n'accepte pas votre demande pour un dégât. Nous l'examinons.`,
      ...stay(said),
    ],
  }),
  damage_decided_guest: (said) => ({
    greets: 'guest',
    subject: `La demande pour un dégât est tranchée : ${said.listing_title}, ${said.check_in}`,
    body: [
      'Nous avons décidé du dégât qui a été déclaré.',
      ...stay(said),
      ...because(said.damage_decision),
      said.award
        ? `Vous devez ${said.award}. La carte de votre réservation est débitée ; si cela échoue, vous aurez de nos nouvelles.`
        : 'Vous ne devez rien.',
    ],
  }),
  damage_decided_host: (said) => ({
    greets: 'host',
    subject: `Votre demande pour un dégât est tranchée : ${said.listing_title}, ${said.check_in}`,
    body: [
      'Nous avons décidé du dégât que vous avez déclaré.',
      ...stay(said),
      ...because(said.damage_decision),
      said.award
        ? `${said.guest_name} vous doit ${said.award}. Vous aurez de nos nouvelles quand ce sera payé.`
        : "Rien n'est dû.",
    ],
  }),
  damage_paid_guest: (said) => ({
    greets: 'guest',
    subject: `Payé : dégât à ${said.listing_title}, ${said.check_in}`,
    body: [
      ...(said.award ? [`Vous avez payé ${said.award} pour un dégât.`] : []),
      ...stay(said),
    ],
  }),
  damage_paid_host: (said) => ({
    greets: 'host',
    subject: `Le voyageur a payé le dégât : ${said.listing_title}, ${said.check_in}`,
    body: [
      said.guest_name,
      ...stay(said),
      ...(said.award ? [`Tout vous revient : ${said.award}, versés aussitôt.`] : []),
    ],
  }),
  damage_unpaid: (said) => ({
    greets: 'host',
    subject: `Le voyageur n'a pas payé le dégât : ${said.listing_title}, ${said.check_in}`,
    body: [
      "La carte n'a pas pu être débitée, et personne n'a payé autrement à temps.",
      said.guest_name,
      ...stay(said),
    ],
  }),
  booking_missed: (said) => ({
    greets: 'host',
    subject: `Demande close : ${said.listing_title}, ${said.check_in}`,
    body: [
      `La demande de ${said.guest_name} s'est terminée sans réservation. Les nuits sont de nouveau libres.`,
      ...stay(said),
    ],
  }),
  complaint_answered: (said) => ({
    greets: 'guest',
    subject: `L'hôte répond à votre plainte : ${said.listing_title}, ${said.check_in}`,
    body: [`${said.host_name} a répondu. Nous en décidons.`, ...stay(said)],
  }),
  damage_accepted: (said) => ({
    greets: 'host',
    subject: `Le voyageur accepte votre demande : ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.guest_name} accepte votre demande pour un dégât. Vous aurez de nos nouvelles quand ce sera payé.`,
      ...stay(said),
      ...(said.award ? [`Dû : ${said.award}.`] : []),
    ],
  }),
  review_asked_guest: (said) => ({
    greets: 'guest',
    subject: `Comment était-ce ? ${said.listing_title}`,
    body: [
      `Votre séjour chez ${said.host_name} est terminé. Vous avez 14 jours pour écrire un avis.`,
      ...stay(said),
      'Personne ne le lit avant que vous ayez écrit tous les deux, ou que les 14 jours soient passés.',
    ],
  }),
  review_asked_host: (said) => ({
    greets: 'host',
    subject: `Comment était votre voyageur ? ${said.listing_title}, ${said.check_in}`,
    body: [
      `Le séjour de ${said.guest_name} est terminé. Vous avez 14 jours pour écrire un avis.`,
      ...stay(said),
      'Personne ne le lit avant que vous ayez écrit tous les deux, ou que les 14 jours soient passés.',
    ],
  }),
  review_received_guest: (said) => ({
    greets: 'guest',
    subject: `Votre hôte a écrit à votre sujet : ${said.listing_title}`,
    body: [
      "Vous pouvez lire l'avis maintenant, et y répondre pendant 30 jours.",
      said.host_name,
      ...stay(said),
    ],
  }),
  review_received_host: (said) => ({
    greets: 'host',
    subject: `Vous avez un avis : ${said.listing_title}, ${said.check_in}`,
    body: [
      "Vous pouvez lire l'avis maintenant, et y répondre pendant 30 jours.",
      said.guest_name,
      ...stay(said),
    ],
  }),
  review_replied_guest: (said) => ({
    greets: 'guest',
    subject: `Une réponse à votre avis : ${said.listing_title}`,
    body: [`${said.host_name} a répondu à ce que vous avez écrit.`, ...stay(said)],
  }),
  review_replied_host: (said) => ({
    greets: 'host',
    subject: `Une réponse à votre avis : ${said.listing_title}, ${said.check_in}`,
    body: [`${said.guest_name} a répondu à ce que vous avez écrit.`, ...stay(said)],
  }),
  payout_sent: (said) => ({
    greets: 'host',
    subject: `Votre versement est en route : ${said.listing_title}, ${said.check_in}`,
    body: [
      ...(said.moved ? [`Nous vous avons envoyé ${said.moved}.`] : []),
      said.guest_name,
      ...stay(said),
      "Les banques mettent quelques jours à l'afficher.",
    ],
  }),
  charge_made: (said) => ({
    greets: 'guest',
    subject: `Payé : ${said.listing_title}, ${said.check_in}`,
    body: [
      ...(said.moved
        ? [`Vous avez payé ${said.moved} pour votre séjour chez ${said.host_name}.`]
        : []),
      ...stay(said),
    ],
  }),
  refund_made: (said) => ({
    greets: 'guest',
    subject: `Un remboursement pour vous : ${said.listing_title}, ${said.check_in}`,
    body: [...(said.moved ? [returned(said.moved)] : []), ...stay(said)],
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
  payment_disputed: (said) => ({
    greets: 'host',
    subject: `Un paiement est contesté : ${said.listing_title}, ${said.check_in}`,
    body: [
      "La banque d'où vient l'argent conteste un paiement de ce séjour, ou l'a repris.",
      ...stay(said),
      "Ce qui n'est pas parti de votre versement attend la décision de la banque. La réservation reste comme elle est, et vous aurez de nos nouvelles.",
    ],
  }),
  dispute_won: (said) => ({
    greets: 'host',
    subject: `Un paiement n'est plus contesté : ${said.listing_title}, ${said.check_in}`,
    body: [
      "La banque ne conteste plus le paiement de ce séjour. Rien n'est retiré de votre part.",
      ...stay(said),
      'Ce qui attendait de votre versement suit son cours. Ce qui vous avait été repris vous est versé de nouveau.',
    ],
  }),
  dispute_lost: (said) => ({
    greets: 'host',
    subject: `Un paiement contesté est perdu : ${said.listing_title}, ${said.check_in}`,
    body: [
      "La banque a décidé contre nous et garde l'argent qu'elle a repris pour ce séjour.",
      ...stay(said),
      "Votre part le paie d'abord : ce qui n'est pas parti de votre versement diminue, et ce qui est parti est repris ou retenu sur les prochains versements.",
    ],
  }),
  ...alterationLetters({ ...alterations, stay }),
};

export const french: Language = {
  hello: (name) => name === '' ? 'Bonjour,' : `Bonjour ${name},`,
  booking: (id) => `Réservation ${id}`,
  unsubscribe: (link) => `Ne plus recevoir ces lettres : ${link}`,
  message: ({ sender_name, listing_title }) => ({
    subject: `Vous avez un message : ${listing_title}`,
    intro: `${sender_name} vous a écrit, au sujet de ${listing_title} :`,
  }),
  letters,
  news: news.french,
};
