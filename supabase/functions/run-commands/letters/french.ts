import { alterationLetters, french as alterations } from './alterations.ts';
import type { BookingLetters, Language } from './english.ts';
import type { Said } from './facts.ts';
import { news } from './news.ts';

const stay = ({ listing_title, city, check_in, check_out, guests }: Said) => [
  [listing_title, city].filter(Boolean).join(', '),
  `du ${check_in} au ${check_out} · ${guests === 1 ? '1 voyageur' : `${guests} voyageurs`}`,
];
const nothingCharged = "Rien n'a été débité, et plus aucun montant n'est bloqué sur votre carte.";
const because = (words: string | null | undefined) => words ? [`Motif : ${words}`] : [];
const returned = (amount: string) =>
  `Nous vous remboursons ${amount}. Le montant peut mettre quelques jours à apparaître sur votre compte.`;
const refunded = ({ refund, backBefore, owed }: Said) => [
  refund
    ? returned(refund)
    : backBefore
    ? "Aucun autre remboursement n'est prévu."
    : "Selon les conditions d'annulation, aucun remboursement n'est dû.",
  ...(backBefore ? [`${backBefore} vous ont déjà été remboursés.`] : []),
  ...(owed
    ? [`Selon les conditions d'annulation, ${owed} seront encore débités de votre carte.`]
    : []),
];

const letters: BookingLetters = {
  booking_requested: (said) => ({
    greets: 'host',
    subject: `Demande de réservation : ${said.listing_title}`,
    body: [
      `${said.guest_name} aimerait séjourner chez vous.`,
      ...stay(said),
      ...(said.payout ? [`Vous gagneriez ${said.payout}.`] : []),
      ...(said.answer_until ? [`Merci de répondre avant le ${said.answer_until}.`] : []),
    ],
  }),
  booking_confirmed_guest: (said) => ({
    greets: 'guest',
    subject: `Réservation confirmée : ${said.listing_title}, ${said.check_in}`,
    body: [
      `Votre séjour chez ${said.host_name} est confirmé.`,
      ...stay(said),
      `Arrivée à partir de ${said.check_in_time}, départ avant ${said.check_out_time}.`,
      ...(said.paid ? [`Vous avez payé ${said.paid}.`] : []),
      ...(said.later
        ? [
          `${said.later} seront débités plus tard de votre carte, comme convenu lors de la réservation.`,
        ]
        : []),
    ],
  }),
  booking_confirmed_host: (said) => ({
    greets: 'host',
    subject: `Nouvelle réservation : ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.guest_name} a réservé, et le séjour est confirmé.`,
      ...stay(said),
      ...(said.payout ? [`Vous gagnerez ${said.payout}.`] : []),
    ],
  }),
  booking_declined: (said) => ({
    greets: 'guest',
    subject: `Demande refusée : ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.host_name} n'a pas pu accepter votre demande.`,
      ...stay(said),
      nothingCharged,
    ],
  }),
  booking_expired: (said) => ({
    greets: 'guest',
    subject: `Demande close : ${said.listing_title}, ${said.check_in}`,
    body: ["Votre demande n'a pas abouti à une réservation.", ...stay(said), nothingCharged],
  }),
  booking_withdrawn: (said) => ({
    greets: 'host',
    subject: `Demande retirée : ${said.listing_title}`,
    body: [
      `${said.guest_name} a retiré sa demande. Les nuits sont de nouveau disponibles.`,
      ...stay(said),
    ],
  }),
  booking_cancelled_guest: (said) => ({
    greets: 'guest',
    subject: `Séjour annulé : ${said.listing_title}, ${said.check_in}`,
    body: [
      `Votre séjour chez ${said.host_name} a été annulé.`,
      ...stay(said),
      ...refunded(said),
    ],
  }),
  booking_cancelled_host: (said) => ({
    greets: 'host',
    subject: `Réservation annulée : ${said.listing_title}, ${said.check_in}`,
    body: [
      `Le séjour réservé par ${said.guest_name} a été annulé.`,
      ...stay(said),
      ...(said.left ? [`Vous recevrez ${said.left}.`] : []),
      ...(said.penalty
        ? [`Vous devez ${said.penalty}, à déduire de vos prochains versements.`]
        : []),
    ],
  }),
  charge_failed: (said) => ({
    greets: 'guest',
    subject: `Échec du paiement : ${said.listing_title}, ${said.check_in}`,
    body: [
      `Votre banque a refusé le paiement${
        said.unpaid ? ` de ${said.unpaid}` : ''
      } pour votre séjour chez ${said.host_name}.`,
      ...stay(said),
      ...(said.pay_by
        ? [
          `Ouvrez la réservation et payez avant le ${said.pay_by}. Ce qui n'est pas payé à cette date sera annulé selon les conditions d'annulation.`,
        ]
        : []),
    ],
  }),
  no_show_reported: (said) => ({
    greets: 'guest',
    subject: `Absence signalée : ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.host_name} a signalé votre absence.`,
      ...stay(said),
      ...(said.object_until
        ? [
          `Si vous étiez sur place, dites-le-nous avant le ${said.object_until}. Sinon, le séjour prendra fin comme si vous l'aviez annulé maintenant.`,
        ]
        : []),
    ],
  }),
  no_show_objected: (said) => ({
    greets: 'host',
    subject: `Votre voyageur conteste son absence : ${said.listing_title}, ${said.check_in}`,
    body: [
      `Vous avez signalé une absence, mais ${said.guest_name} affirme avoir été sur place.`,
      ...stay(said),
      "Nous examinons la situation. Votre versement est suspendu jusqu'à notre décision.",
    ],
  }),
  no_show_upheld_guest: (said) => ({
    greets: 'guest',
    subject: `Séjour terminé en votre absence : ${said.listing_title}, ${said.check_in}`,
    body: [
      `Votre séjour chez ${said.host_name} a pris fin en raison de votre absence.`,
      ...stay(said),
      ...because(said.decision),
      ...refunded(said),
    ],
  }),
  no_show_upheld_host: (said) => ({
    greets: 'host',
    subject: `Votre voyageur ne s'est pas présenté : ${said.listing_title}, ${said.check_in}`,
    body: [
      `Le séjour réservé par ${said.guest_name} a pris fin. Les nuits restantes sont de nouveau disponibles.`,
      ...stay(said),
      ...because(said.decision),
      ...(said.left ? [`Vous recevrez ${said.left}.`] : []),
    ],
  }),
  no_show_dropped: (said) => ({
    greets: 'guest',
    subject: `Votre séjour continue : ${said.listing_title}, ${said.check_in}`,
    body: [
      "Le signalement de votre absence n'est plus retenu. Votre réservation reste inchangée.",
      ...stay(said),
      ...because(said.decision),
    ],
  }),
  no_show_dismissed: (said) => ({
    greets: 'host',
    subject: `Votre voyageur était bien sur place : ${said.listing_title}, ${said.check_in}`,
    body: [
      `D'après nos vérifications, ${said.guest_name} était bien sur place. La réservation reste inchangée.`,
      ...stay(said),
      ...because(said.decision),
    ],
  }),
  complaint_filed: (said) => ({
    greets: 'host',
    subject: `Réclamation de votre voyageur : ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.guest_name} a signalé un problème concernant le séjour.`,
      ...stay(said),
      ...(said.complaint ? [said.complaint] : []),
      "Merci d'y répondre. Nous prendrons une décision. D'ici là, la partie de votre versement qui n'a pas encore été envoyée est suspendue.",
    ],
  }),
  complaint_withdrawn: (said) => ({
    greets: 'host',
    subject: `Réclamation retirée : ${said.listing_title}, ${said.check_in}`,
    body: [`${said.guest_name} a retiré sa réclamation.`, ...stay(said)],
  }),
  complaint_decided_guest: (said) => ({
    greets: 'guest',
    subject: `Décision sur votre réclamation : ${said.listing_title}, ${said.check_in}`,
    body: [
      'Nous avons pris une décision sur votre réclamation.',
      ...stay(said),
      ...because(said.complaint_decision),
      said.givenBack ? returned(said.givenBack) : 'Vous ne recevrez pas de remboursement.',
    ],
  }),
  complaint_decided_host: (said) => ({
    greets: 'host',
    subject:
      `Décision sur la réclamation de votre voyageur : ${said.listing_title}, ${said.check_in}`,
    body: [
      `Nous avons pris une décision sur la réclamation envoyée par ${said.guest_name}.`,
      ...stay(said),
      ...because(said.complaint_decision),
      said.share
        ? `Le voyageur recevra un remboursement. Votre part du séjour est désormais de ${said.share}.`
        : "Aucun remboursement n'est prévu, et votre versement suit son cours.",
    ],
  }),
  damage_claimed: (said) => ({
    greets: 'guest',
    subject: `Votre hôte signale un dommage : ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.host_name} indique que quelque chose a été endommagé pendant votre séjour.`,
      ...stay(said),
      ...(said.damage ? [said.damage] : []),
      ...(said.claimed ? [`Montant demandé : ${said.claimed}.`] : []),
      ...(said.answer_damage_until
        ? [
          `Merci d'accepter ou de contester avant le ${said.answer_damage_until}. Sinon, nous déciderons sans votre réponse. Rien n'est débité avant votre accord ou notre décision.`,
        ]
        : []),
    ],
  }),
  damage_refused: (said) => ({
    greets: 'guest',
    subject: `Paiement du dommage attendu : ${said.listing_title}, ${said.check_in}`,
    body: [
      `Votre carte n'a pas pu être débitée${
        said.award ? ` de ${said.award}` : ''
      } pour le dommage.`,
      ...stay(said),
      ...(said.pay_by ? [`Ouvrez la réservation et payez avant le ${said.pay_by}.`] : []),
    ],
  }),
  damage_dropped: (said) => ({
    greets: 'guest',
    subject: `Demande d'indemnisation retirée : ${said.listing_title}, ${said.check_in}`,
    body: [`${said.host_name} a retiré sa demande.`, ...stay(said)],
  }),
  damage_disputed: (said) => ({
    greets: 'host',
    subject: `Votre voyageur conteste votre demande : ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.guest_name} n'accepte pas votre demande d'indemnisation. Nous examinons la situation.`,
      ...stay(said),
    ],
  }),
  damage_decided_guest: (said) => ({
    greets: 'guest',
    subject: `Décision sur la demande d'indemnisation : ${said.listing_title}, ${said.check_in}`,
    body: [
      "Nous avons pris une décision sur la demande d'indemnisation.",
      ...stay(said),
      ...because(said.damage_decision),
      said.award
        ? `Vous devez ${said.award}. Nous débiterons la carte utilisée pour la réservation. Si cela échoue, nous vous préviendrons.`
        : 'Vous ne devez rien.',
    ],
  }),
  damage_decided_host: (said) => ({
    greets: 'host',
    subject: `Décision sur votre demande d'indemnisation : ${said.listing_title}, ${said.check_in}`,
    body: [
      "Nous avons pris une décision sur votre demande d'indemnisation.",
      ...stay(said),
      ...because(said.damage_decision),
      said.award
        ? `${said.guest_name} vous doit ${said.award}. Nous vous préviendrons dès que ce sera payé.`
        : 'Le voyageur ne vous doit rien.',
    ],
  }),
  damage_paid_guest: (said) => ({
    greets: 'guest',
    subject: `Dommage payé : ${said.listing_title}, ${said.check_in}`,
    body: [
      ...(said.award ? [`Vous avez payé ${said.award} pour le dommage.`] : []),
      ...stay(said),
    ],
  }),
  damage_paid_host: (said) => ({
    greets: 'host',
    subject: `Votre voyageur a payé le dommage : ${said.listing_title}, ${said.check_in}`,
    body: [
      `Voyageur : ${said.guest_name}`,
      ...stay(said),
      ...(said.award
        ? [`Le montant total de ${said.award} vous revient, et nous vous le versons immédiatement.`]
        : []),
    ],
  }),
  damage_unpaid: (said) => ({
    greets: 'host',
    subject: `Votre voyageur n'a pas payé le dommage : ${said.listing_title}, ${said.check_in}`,
    body: [
      "La carte n'a pas pu être débitée, et le dommage n'a pas été payé autrement dans les délais.",
      `Voyageur : ${said.guest_name}`,
      ...stay(said),
    ],
  }),
  booking_missed: (said) => ({
    greets: 'host',
    subject: `Demande close : ${said.listing_title}, ${said.check_in}`,
    body: [
      `La demande envoyée par ${said.guest_name} n'a pas abouti à une réservation. Les nuits sont de nouveau disponibles.`,
      ...stay(said),
    ],
  }),
  complaint_answered: (said) => ({
    greets: 'guest',
    subject: `Réponse à votre réclamation : ${said.listing_title}, ${said.check_in}`,
    body: [`${said.host_name} a répondu. Nous prendrons une décision.`, ...stay(said)],
  }),
  damage_accepted: (said) => ({
    greets: 'host',
    subject: `Votre voyageur accepte votre demande : ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.guest_name} a accepté votre demande d'indemnisation. Nous vous préviendrons dès que ce sera payé.`,
      ...stay(said),
      ...(said.award ? [`Montant dû : ${said.award}.`] : []),
    ],
  }),
  review_asked_guest: (said) => ({
    greets: 'guest',
    subject: `Comment s'est passé votre séjour ? ${said.listing_title}`,
    body: [
      `Votre séjour chez ${said.host_name} est terminé. Vous avez 14 jours pour écrire un avis.`,
      ...stay(said),
      "Personne ne pourra le lire tant que vous n'avez pas tous les deux publié le vôtre ou que les 14 jours ne sont pas écoulés.",
    ],
  }),
  review_asked_host: (said) => ({
    greets: 'host',
    subject: `Votre avis sur votre voyageur : ${said.listing_title}, ${said.check_in}`,
    body: [
      `Le séjour réservé par ${said.guest_name} est terminé. Vous avez 14 jours pour écrire un avis.`,
      ...stay(said),
      "Personne ne pourra le lire tant que vous n'avez pas tous les deux publié le vôtre ou que les 14 jours ne sont pas écoulés.",
    ],
  }),
  review_received_guest: (said) => ({
    greets: 'guest',
    subject: `Votre hôte a publié un avis sur vous : ${said.listing_title}`,
    body: [
      "Vous pouvez lire l'avis maintenant, et y répondre pendant 30 jours.",
      `Hôte : ${said.host_name}`,
      ...stay(said),
    ],
  }),
  review_received_host: (said) => ({
    greets: 'host',
    subject: `Vous avez un nouvel avis : ${said.listing_title}, ${said.check_in}`,
    body: [
      "Vous pouvez lire l'avis maintenant, et y répondre pendant 30 jours.",
      `Voyageur : ${said.guest_name}`,
      ...stay(said),
    ],
  }),
  review_replied_guest: (said) => ({
    greets: 'guest',
    subject: `Réponse à votre avis : ${said.listing_title}`,
    body: [`${said.host_name} a répondu à votre avis.`, ...stay(said)],
  }),
  review_replied_host: (said) => ({
    greets: 'host',
    subject: `Réponse à votre avis : ${said.listing_title}, ${said.check_in}`,
    body: [`${said.guest_name} a répondu à votre avis.`, ...stay(said)],
  }),
  payout_sent: (said) => ({
    greets: 'host',
    subject: `Votre versement est en route : ${said.listing_title}, ${said.check_in}`,
    body: [
      ...(said.moved ? [`Nous vous avons envoyé ${said.moved}.`] : []),
      `Voyageur : ${said.guest_name}`,
      ...stay(said),
      'Le montant peut mettre quelques jours à apparaître sur votre compte.',
    ],
  }),
  charge_made: (said) => ({
    greets: 'guest',
    subject: `Paiement reçu : ${said.listing_title}, ${said.check_in}`,
    body: [
      ...(said.moved
        ? [`Vous avez payé ${said.moved} pour votre séjour chez ${said.host_name}.`]
        : []),
      ...stay(said),
    ],
  }),
  refund_made: (said) => ({
    greets: 'guest',
    subject: `Votre remboursement : ${said.listing_title}, ${said.check_in}`,
    body: [...(said.moved ? [returned(said.moved)] : []), ...stay(said)],
  }),
  payment_returned: (said) => ({
    greets: 'guest',
    subject: `Nous remboursons votre paiement : ${said.listing_title}`,
    body: [
      "Votre paiement est arrivé alors que les nuits n'étaient plus bloquées pour vous, et nous n'avons plus pu les réserver.",
      ...stay(said),
      `Nous vous remboursons la totalité${
        said.total ? `, soit ${said.total}` : ''
      }. Le montant peut mettre quelques jours à apparaître sur votre compte.`,
    ],
  }),
  payment_disputed: (said) => ({
    greets: 'host',
    subject: `Paiement contesté : ${said.listing_title}, ${said.check_in}`,
    body: [
      "La banque de la personne qui a payé a contesté un paiement de ce séjour ou l'a repris.",
      ...stay(said),
      "La partie de votre versement qui n'a pas encore été envoyée est suspendue jusqu'à la décision de la banque. La réservation reste inchangée, et nous vous tiendrons au courant.",
    ],
  }),
  dispute_won: (said) => ({
    greets: 'host',
    subject: `Paiement qui n'est plus contesté : ${said.listing_title}, ${said.check_in}`,
    body: [
      "La banque ne conteste plus le paiement de ce séjour. Rien n'est déduit de votre part.",
      ...stay(said),
      'Les versements suspendus pour cette raison suivent leur cours. Ce qui vous avait été repris vous sera versé de nouveau.',
    ],
  }),
  dispute_lost: (said) => ({
    greets: 'host',
    subject: `Contestation perdue : ${said.listing_title}, ${said.check_in}`,
    body: [
      "La banque a tranché en notre défaveur et garde l'argent qu'elle a repris pour ce séjour.",
      ...stay(said),
      "Votre part couvre d'abord cette perte : ce qui n'a pas encore été versé est réduit, et ce qui a été versé est repris ou déduit de vos prochains versements.",
    ],
  }),
  ...alterationLetters({ ...alterations, stay }),
};

export const french: Language = {
  hello: (name) => name === '' ? 'Bonjour,' : `Bonjour ${name},`,
  booking: (id) => `Réservation ${id}`,
  unsubscribe: (link) => `Se désabonner de ces e-mails : ${link}`,
  message: ({ sender_name, listing_title }) => ({
    subject: `Nouveau message : ${listing_title}`,
    intro: `${sender_name} vous a écrit au sujet de ce logement : ${listing_title}`,
  }),
  letters,
  news: news.french,
};
