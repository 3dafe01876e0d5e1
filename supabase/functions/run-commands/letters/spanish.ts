import { alterationLetters, spanish as alterations } from './alterations.ts';
import type { BookingLetters, Language } from './english.ts';
import type { Said } from './facts.ts';
import { news } from './news.ts';

const stay = ({ listing_title, city, check_in, check_out, guests }: Said) => [
  [listing_title, city].filter(Boolean).join(', '),
  `del ${check_in} al ${check_out} · ${guests === 1 ? '1 huésped' : `${guests} huéspedes`}`,
];
const nothingCharged =
  'No se te ha cobrado nada y ya no hay ningún importe retenido en tu tarjeta.';
const because = (words: string | null | undefined) => words ? [`Motivo: ${words}`] : [];
const returned = (amount: string) =>
  `Te reembolsamos ${amount}. El importe puede tardar unos días en aparecer en tu cuenta.`;
const refunded = ({ refund, backBefore, owed }: Said) => [
  refund
    ? returned(refund)
    : backBefore
    ? 'No se reembolsará nada más.'
    : 'Según la política de cancelación, no corresponde ningún reembolso.',
  ...(backBefore ? [`Ya se te habían reembolsado ${backBefore}.`] : []),
  ...(owed ? [`Según la política de cancelación, se cobrarán otros ${owed} en tu tarjeta.`] : []),
];

const letters: BookingLetters = {
  booking_requested: (said) => ({
    greets: 'host',
    subject: `Solicitud de reserva: ${said.listing_title}`,
    body: [
      `${said.guest_name} quiere alojarse contigo.`,
      ...stay(said),
      ...(said.payout ? [`Ganarías ${said.payout}.`] : []),
      ...(said.answer_until ? [`Responde antes del ${said.answer_until}.`] : []),
    ],
  }),
  booking_confirmed_guest: (said) => ({
    greets: 'guest',
    subject: `Reserva confirmada: ${said.listing_title}, ${said.check_in}`,
    body: [
      `Tu estancia con ${said.host_name} está confirmada.`,
      ...stay(said),
      `Llegada a partir de las ${said.check_in_time}, salida antes de las ${said.check_out_time}.`,
      ...(said.paid ? [`Has pagado ${said.paid}.`] : []),
      ...(said.later
        ? [`Más adelante se cobrarán ${said.later} en tu tarjeta, según lo acordado al reservar.`]
        : []),
    ],
  }),
  booking_confirmed_host: (said) => ({
    greets: 'host',
    subject: `Nueva reserva: ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.guest_name} ha reservado y la estancia está confirmada.`,
      ...stay(said),
      ...(said.payout ? [`Ganarás ${said.payout}.`] : []),
    ],
  }),
  booking_declined: (said) => ({
    greets: 'guest',
    subject: `Solicitud rechazada: ${said.listing_title}, ${said.check_in}`,
    body: [`${said.host_name} no ha podido aceptar tu solicitud.`, ...stay(said), nothingCharged],
  }),
  booking_expired: (said) => ({
    greets: 'guest',
    subject: `Solicitud cerrada: ${said.listing_title}, ${said.check_in}`,
    body: ['Tu solicitud se ha cerrado sin reserva.', ...stay(said), nothingCharged],
  }),
  booking_withdrawn: (said) => ({
    greets: 'host',
    subject: `Solicitud retirada: ${said.listing_title}`,
    body: [
      `${said.guest_name} ha retirado la solicitud. Las noches vuelven a estar disponibles.`,
      ...stay(said),
    ],
  }),
  booking_cancelled_guest: (said) => ({
    greets: 'guest',
    subject: `Estancia cancelada: ${said.listing_title}, ${said.check_in}`,
    body: [
      `Se ha cancelado tu estancia con ${said.host_name}.`,
      ...stay(said),
      ...refunded(said),
    ],
  }),
  booking_cancelled_host: (said) => ({
    greets: 'host',
    subject: `Reserva cancelada: ${said.listing_title}, ${said.check_in}`,
    body: [
      `Se ha cancelado la estancia de ${said.guest_name}.`,
      ...stay(said),
      ...(said.left ? [`Recibirás ${said.left}.`] : []),
      ...(said.penalty
        ? [`Debes ${said.penalty}, que se descontarán de tus próximos cobros.`]
        : []),
    ],
  }),
  charge_failed: (said) => ({
    greets: 'guest',
    subject: `Pago rechazado: ${said.listing_title}, ${said.check_in}`,
    body: [
      `Tu banco ha rechazado el pago${
        said.unpaid ? ` de ${said.unpaid}` : ''
      } de tu estancia con ${said.host_name}.`,
      ...stay(said),
      ...(said.pay_by
        ? [
          `Abre la reserva y paga antes del ${said.pay_by}. Lo que no esté pagado para entonces se cancelará según la política de cancelación.`,
        ]
        : []),
    ],
  }),
  no_show_reported: (said) => ({
    greets: 'guest',
    subject: `¿Llegaste al alojamiento? ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.host_name} ha comunicado que no te presentaste.`,
      ...stay(said),
      ...(said.object_until
        ? [
          `Si no es así, avísanos antes del ${said.object_until}. De lo contrario, la estancia terminará como si la hubieras cancelado ahora.`,
        ]
        : []),
    ],
  }),
  no_show_objected: (said) => ({
    greets: 'host',
    subject: `Tu huésped dice que sí se presentó: ${said.listing_title}, ${said.check_in}`,
    body: [
      `Comunicaste que ${said.guest_name} no se presentó. ${said.guest_name} dice lo contrario.`,
      ...stay(said),
      'Lo estamos revisando. Tu cobro queda retenido hasta que decidamos.',
    ],
  }),
  no_show_upheld_guest: (said) => ({
    greets: 'guest',
    subject: `Estancia terminada porque no te presentaste: ${said.listing_title}, ${said.check_in}`,
    body: [
      `Tu estancia con ${said.host_name} ha terminado porque no te presentaste.`,
      ...stay(said),
      ...because(said.decision),
      ...refunded(said),
    ],
  }),
  no_show_upheld_host: (said) => ({
    greets: 'host',
    subject: `Tu huésped no se presentó: ${said.listing_title}, ${said.check_in}`,
    body: [
      `La estancia de ${said.guest_name} ha terminado. Las noches que quedan vuelven a estar disponibles.`,
      ...stay(said),
      ...because(said.decision),
      ...(said.left ? [`Recibirás ${said.left}.`] : []),
    ],
  }),
  no_show_dropped: (said) => ({
    greets: 'guest',
    subject: `Tu estancia continúa: ${said.listing_title}, ${said.check_in}`,
    body: [
      'El aviso de que no te presentaste ya no es válido. Tu reserva no cambia.',
      ...stay(said),
      ...because(said.decision),
    ],
  }),
  no_show_dismissed: (said) => ({
    greets: 'host',
    subject: `Tu huésped sí se presentó: ${said.listing_title}, ${said.check_in}`,
    body: [
      `Hemos comprobado que ${said.guest_name} sí se presentó. La reserva no cambia.`,
      ...stay(said),
      ...because(said.decision),
    ],
  }),
  complaint_filed: (said) => ({
    greets: 'host',
    subject: `Queja de tu huésped: ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.guest_name} ha comunicado un problema con la estancia.`,
      ...stay(said),
      ...(said.complaint ? [said.complaint] : []),
      'Responde, por favor. Tomaremos una decisión sobre la queja. Hasta entonces queda retenida la parte de tu cobro que aún no se ha enviado.',
    ],
  }),
  complaint_withdrawn: (said) => ({
    greets: 'host',
    subject: `Queja retirada: ${said.listing_title}, ${said.check_in}`,
    body: [`${said.guest_name} ha retirado la queja.`, ...stay(said)],
  }),
  complaint_decided_guest: (said) => ({
    greets: 'guest',
    subject: `Decisión sobre tu queja: ${said.listing_title}, ${said.check_in}`,
    body: [
      'Hemos tomado una decisión sobre tu queja.',
      ...stay(said),
      ...because(said.complaint_decision),
      said.givenBack ? returned(said.givenBack) : 'No recibirás ningún reembolso.',
    ],
  }),
  complaint_decided_host: (said) => ({
    greets: 'host',
    subject: `Decisión sobre la queja de tu huésped: ${said.listing_title}, ${said.check_in}`,
    body: [
      `Hemos tomado una decisión sobre la queja de ${said.guest_name}.`,
      ...stay(said),
      ...because(said.complaint_decision),
      said.share
        ? `El huésped recibirá un reembolso. Tu parte de la estancia es ahora de ${said.share}.`
        : 'No hay reembolso y tu cobro sigue su curso.',
    ],
  }),
  damage_claimed: (said) => ({
    greets: 'guest',
    subject: `Tu anfitrión reclama daños: ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.host_name} dice que algo se dañó durante tu estancia.`,
      ...stay(said),
      ...(said.damage ? [said.damage] : []),
      ...(said.claimed ? [`Importe reclamado: ${said.claimed}.`] : []),
      ...(said.answer_damage_until
        ? [
          `Acepta o rechaza la reclamación antes del ${said.answer_damage_until}. De lo contrario, decidiremos sin tu respuesta. No se cobra nada hasta que aceptes o decidamos.`,
        ]
        : []),
    ],
  }),
  damage_refused: (said) => ({
    greets: 'guest',
    subject: `Falta pagar los daños: ${said.listing_title}, ${said.check_in}`,
    body: [
      `No hemos podido cobrar los daños${said.award ? ` (${said.award})` : ''} en tu tarjeta.`,
      ...stay(said),
      ...(said.pay_by ? [`Abre la reserva y paga antes del ${said.pay_by}.`] : []),
    ],
  }),
  damage_dropped: (said) => ({
    greets: 'guest',
    subject: `Reclamación por daños retirada: ${said.listing_title}, ${said.check_in}`,
    body: [`${said.host_name} ha retirado la reclamación.`, ...stay(said)],
  }),
  damage_disputed: (said) => ({
    greets: 'host',
    subject: `Tu huésped rechaza tu reclamación: ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.guest_name} no acepta tu reclamación por daños. Lo estamos revisando.`,
      ...stay(said),
    ],
  }),
  damage_decided_guest: (said) => ({
    greets: 'guest',
    subject: `Decisión sobre la reclamación por daños: ${said.listing_title}, ${said.check_in}`,
    body: [
      'Hemos tomado una decisión sobre la reclamación por daños.',
      ...stay(said),
      ...because(said.damage_decision),
      said.award
        ? `Debes ${said.award}. Los cobraremos en la tarjeta con la que reservaste. Si no es posible, te avisaremos.`
        : 'No debes nada.',
    ],
  }),
  damage_decided_host: (said) => ({
    greets: 'host',
    subject: `Decisión sobre tu reclamación por daños: ${said.listing_title}, ${said.check_in}`,
    body: [
      'Hemos tomado una decisión sobre tu reclamación por daños.',
      ...stay(said),
      ...because(said.damage_decision),
      said.award
        ? `${said.guest_name} te debe ${said.award}. Te avisaremos cuando esté pagado.`
        : 'El huésped no te debe nada.',
    ],
  }),
  damage_paid_guest: (said) => ({
    greets: 'guest',
    subject: `Daños pagados: ${said.listing_title}, ${said.check_in}`,
    body: [
      ...(said.award ? [`Has pagado ${said.award} por los daños.`] : []),
      ...stay(said),
    ],
  }),
  damage_paid_host: (said) => ({
    greets: 'host',
    subject: `Tu huésped ha pagado los daños: ${said.listing_title}, ${said.check_in}`,
    body: [
      `Huésped: ${said.guest_name}`,
      ...stay(said),
      ...(said.award
        ? [`El importe completo de ${said.award} es para ti y te lo enviamos de inmediato.`]
        : []),
    ],
  }),
  damage_unpaid: (said) => ({
    greets: 'host',
    subject: `Tu huésped no ha pagado los daños: ${said.listing_title}, ${said.check_in}`,
    body: [
      'No se pudo cobrar en la tarjeta y los daños no se pagaron a tiempo de otra forma.',
      `Huésped: ${said.guest_name}`,
      ...stay(said),
    ],
  }),
  booking_missed: (said) => ({
    greets: 'host',
    subject: `Solicitud cerrada: ${said.listing_title}, ${said.check_in}`,
    body: [
      `La solicitud de ${said.guest_name} se ha cerrado sin reserva. Las noches vuelven a estar disponibles.`,
      ...stay(said),
    ],
  }),
  complaint_answered: (said) => ({
    greets: 'guest',
    subject: `Respuesta a tu queja: ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.host_name} ha respondido. Tomaremos una decisión sobre la queja.`,
      ...stay(said),
    ],
  }),
  damage_accepted: (said) => ({
    greets: 'host',
    subject: `Tu huésped acepta tu reclamación: ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.guest_name} ha aceptado tu reclamación por daños. Te avisaremos cuando esté pagado.`,
      ...stay(said),
      ...(said.award ? [`Importe pendiente: ${said.award}.`] : []),
    ],
  }),
  review_asked_guest: (said) => ({
    greets: 'guest',
    subject: `¿Qué tal tu estancia? ${said.listing_title}`,
    body: [
      `Tu estancia con ${said.host_name} ha terminado. Tienes 14 días para escribir una reseña.`,
      ...stay(said),
      'Nadie podrá leerla hasta que ambas partes hayan escrito la suya o pasen los 14 días.',
    ],
  }),
  review_asked_host: (said) => ({
    greets: 'host',
    subject: `¿Qué tal tu huésped? ${said.listing_title}, ${said.check_in}`,
    body: [
      `La estancia de ${said.guest_name} ha terminado. Tienes 14 días para escribir una reseña.`,
      ...stay(said),
      'Nadie podrá leerla hasta que ambas partes hayan escrito la suya o pasen los 14 días.',
    ],
  }),
  review_received_guest: (said) => ({
    greets: 'guest',
    subject: `Tu anfitrión te ha escrito una reseña: ${said.listing_title}`,
    body: [
      'Ya puedes leer la reseña y responder durante 30 días.',
      `Anfitrión: ${said.host_name}`,
      ...stay(said),
    ],
  }),
  review_received_host: (said) => ({
    greets: 'host',
    subject: `Tienes una nueva reseña: ${said.listing_title}, ${said.check_in}`,
    body: [
      'Ya puedes leer la reseña y responder durante 30 días.',
      `Huésped: ${said.guest_name}`,
      ...stay(said),
    ],
  }),
  review_replied_guest: (said) => ({
    greets: 'guest',
    subject: `Respuesta a tu reseña: ${said.listing_title}`,
    body: [`${said.host_name} ha respondido a tu reseña.`, ...stay(said)],
  }),
  review_replied_host: (said) => ({
    greets: 'host',
    subject: `Respuesta a tu reseña: ${said.listing_title}, ${said.check_in}`,
    body: [`${said.guest_name} ha respondido a tu reseña.`, ...stay(said)],
  }),
  payout_sent: (said) => ({
    greets: 'host',
    subject: `Tu cobro está en camino: ${said.listing_title}, ${said.check_in}`,
    body: [
      ...(said.moved ? [`Te hemos enviado ${said.moved}.`] : []),
      `Huésped: ${said.guest_name}`,
      ...stay(said),
      'El importe puede tardar unos días en aparecer en tu cuenta.',
    ],
  }),
  charge_made: (said) => ({
    greets: 'guest',
    subject: `Pago recibido: ${said.listing_title}, ${said.check_in}`,
    body: [
      ...(said.moved ? [`Has pagado ${said.moved} por tu estancia con ${said.host_name}.`] : []),
      ...stay(said),
    ],
  }),
  refund_made: (said) => ({
    greets: 'guest',
    subject: `Tu reembolso: ${said.listing_title}, ${said.check_in}`,
    body: [...(said.moved ? [returned(said.moved)] : []), ...stay(said)],
  }),
  payment_returned: (said) => ({
    greets: 'guest',
    subject: `Reembolsamos tu pago: ${said.listing_title}`,
    body: [
      'Tu pago llegó cuando las noches ya no estaban retenidas para ti y ya no pudimos reservártelas.',
      ...stay(said),
      `Te reembolsamos el importe completo${
        said.total ? ` de ${said.total}` : ''
      }. Puede tardar unos días en aparecer en tu cuenta.`,
    ],
  }),
  payment_disputed: (said) => ({
    greets: 'host',
    subject: `Pago impugnado: ${said.listing_title}, ${said.check_in}`,
    body: [
      'El banco de quien pagó ha impugnado un pago de esta estancia o lo ha retirado.',
      ...stay(said),
      'La parte de tu cobro que aún no se ha enviado queda retenida hasta que el banco decida. La reserva no cambia y te informaremos.',
    ],
  }),
  dispute_won: (said) => ({
    greets: 'host',
    subject: `Pago ya no impugnado: ${said.listing_title}, ${said.check_in}`,
    body: [
      'El banco ya no impugna el pago de esta estancia. No se descontará nada de tu parte.',
      ...stay(said),
      'Los cobros retenidos por este motivo siguen su curso. Lo que se te había retirado se te volverá a pagar.',
    ],
  }),
  dispute_lost: (said) => ({
    greets: 'host',
    subject: `Impugnación perdida: ${said.listing_title}, ${said.check_in}`,
    body: [
      'El banco ha decidido en nuestra contra y se queda con el dinero que retiró de esta estancia.',
      ...stay(said),
      'Tu parte cubre primero esta pérdida: lo que aún no se te ha pagado se reduce, y lo que ya se te ha pagado se recupera o se descuenta de tus próximos cobros.',
    ],
  }),
  ...alterationLetters({ ...alterations, stay }),
};

export const spanish: Language = {
  hello: (name) => name === '' ? 'Hola:' : `Hola, ${name}:`,
  booking: (id) => `Reserva ${id}`,
  unsubscribe: (link) => `Darse de baja de estos correos: ${link}`,
  message: ({ sender_name, listing_title }) => ({
    subject: `Nuevo mensaje: ${listing_title}`,
    intro: `${sender_name} te ha escrito sobre ${listing_title}:`,
  }),
  letters,
  news: news.spanish,
};
