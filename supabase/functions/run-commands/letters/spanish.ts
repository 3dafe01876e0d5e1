import { alterationLetters, spanish as alterations } from './alterations.ts';
import type { BookingLetters, Language } from './english.ts';
import type { Said } from './facts.ts';
import { news } from './news.ts';

const stay = ({ listing_title, city, check_in, check_out, guests }: Said) => [
  [listing_title, city].filter(Boolean).join(', '),
  `del ${check_in} al ${check_out}, ${guests === 1 ? '1 huésped' : `${guests} huéspedes`}`,
];
const nothingCharged = 'No se ha cobrado nada, y ya no hay nada retenido en tu tarjeta.';
const because = (words: string | null | undefined) => words ? [`El motivo: ${words}`] : [];
const returned = (amount: string) =>
  `Se te devuelven ${amount}. Los bancos tardan unos días en mostrarlo.`;
const refunded = ({ refund, backBefore, owed }: Said) => [
  refund
    ? returned(refund)
    : backBefore
    ? 'No se devuelve nada más.'
    : 'Según las condiciones de la reserva no se devuelve nada.',
  ...(backBefore ? [`Antes ya se te habían devuelto ${backBefore}.`] : []),
  ...(owed ? [`Según esas condiciones se cobran ${owed} más a tu tarjeta.`] : []),
];

const letters: BookingLetters = {
  booking_requested: (said) => ({
    greets: 'host',
    subject: `Una solicitud para ${said.listing_title}`,
    body: [
      `${said.guest_name} quiere alojarse contigo.`,
      ...stay(said),
      ...(said.payout ? [`Recibirías ${said.payout}.`] : []),
      ...(said.answer_until ? [`Responde antes del ${said.answer_until}.`] : []),
    ],
  }),
  booking_confirmed_guest: (said) => ({
    greets: 'guest',
    subject: `Confirmado: ${said.listing_title}, ${said.check_in}`,
    body: [
      `Tu estancia con ${said.host_name} está confirmada.`,
      ...stay(said),
      `Entrada desde las ${said.check_in_time}, salida hasta las ${said.check_out_time}.`,
      ...(said.paid ? [`Has pagado ${said.paid}.`] : []),
      ...(said.later ? [`Más adelante se cobrarán ${said.later} a tu tarjeta, como viste.`] : []),
    ],
  }),
  booking_confirmed_host: (said) => ({
    greets: 'host',
    subject: `Reservado: ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.guest_name} ha reservado, y la estancia está confirmada.`,
      ...stay(said),
      ...(said.payout ? [`Recibes ${said.payout}.`] : []),
    ],
  }),
  booking_declined: (said) => ({
    greets: 'guest',
    subject: `Esta vez no: ${said.listing_title}, ${said.check_in}`,
    body: [`${said.host_name} no pudo aceptar tu solicitud.`, ...stay(said), nothingCharged],
  }),
  booking_expired: (said) => ({
    greets: 'guest',
    subject: `Solicitud cerrada: ${said.listing_title}, ${said.check_in}`,
    body: ['Tu solicitud ha terminado sin reserva.', ...stay(said), nothingCharged],
  }),
  booking_withdrawn: (said) => ({
    greets: 'host',
    subject: `Se retiró una solicitud: ${said.listing_title}`,
    body: [
      `${said.guest_name} ha retirado la solicitud. Las noches vuelven a estar libres.`,
      ...stay(said),
    ],
  }),
  booking_cancelled_guest: (said) => ({
    greets: 'guest',
    subject: `Cancelado: ${said.listing_title}, ${said.check_in}`,
    body: [
      `Tu estancia con ${said.host_name} está cancelada.`,
      ...stay(said),
      ...refunded(said),
    ],
  }),
  booking_cancelled_host: (said) => ({
    greets: 'host',
    subject: `Cancelado por el huésped: ${said.listing_title}, ${said.check_in}`,
    body: [
      `La estancia de ${said.guest_name} está cancelada.`,
      ...stay(said),
      ...(said.left ? [`Recibes ${said.left}.`] : []),
      ...(said.penalty ? [`Debes ${said.penalty}; lo pagarán los próximos pagos.`] : []),
    ],
  }),
  charge_failed: (said) => ({
    greets: 'guest',
    subject: `No se cobró a tu tarjeta: ${said.listing_title}, ${said.check_in}`,
    body: [
      `Tu banco rechazó el cobro${
        said.unpaid ? ` de ${said.unpaid}` : ''
      } de tu estancia con ${said.host_name}.`,
      ...stay(said),
      ...(said.pay_by
        ? [
          `Abre la reserva y paga antes del ${said.pay_by}; lo que entonces no esté pagado se cancela según las condiciones de la reserva.`,
        ]
        : []),
    ],
  }),
  no_show_reported: (said) => ({
    greets: 'guest',
    subject: `¿Viniste? ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.host_name} comunica que no viniste.`,
      ...stay(said),
      ...(said.object_until
        ? [
          `Si viniste, dilo antes del ${said.object_until}. Si no, la estancia termina como si la cancelaras ahora.`,
        ]
        : []),
    ],
  }),
  no_show_objected: (said) => ({
    greets: 'host',
    subject: `El huésped dice que vino: ${said.listing_title}, ${said.check_in}`,
    body: [
      `Comunicaste que ${said.guest_name} no vino; ${said.guest_name} dice lo contrario.`,
      ...stay(said),
      'Lo estamos mirando. Hasta entonces tu pago espera.',
    ],
  }),
  no_show_upheld_guest: (said) => ({
    greets: 'guest',
    subject: `Terminada, porque no viniste: ${said.listing_title}, ${said.check_in}`,
    body: [
      `Tu estancia con ${said.host_name} ha terminado, porque no viniste.`,
      ...stay(said),
      ...because(said.decision),
      ...refunded(said),
    ],
  }),
  no_show_upheld_host: (said) => ({
    greets: 'host',
    subject: `El huésped no vino: ${said.listing_title}, ${said.check_in}`,
    body: [
      `La estancia de ${said.guest_name} ha terminado. Las noches que quedan vuelven a estar libres.`,
      ...stay(said),
      ...because(said.decision),
      ...(said.left ? [`Recibes ${said.left}.`] : []),
    ],
  }),
  no_show_dropped: (said) => ({
    greets: 'guest',
    subject: `Tu estancia sigue: ${said.listing_title}, ${said.check_in}`,
    body: [
      'Ya no se dice que no viniste. Tu estancia queda como la reservaste.',
      ...stay(said),
      ...because(said.decision),
    ],
  }),
  no_show_dismissed: (said) => ({
    greets: 'host',
    subject: `El huésped sí vino: ${said.listing_title}, ${said.check_in}`,
    body: [
      `Hemos visto que ${said.guest_name} vino. La estancia queda como se reservó.`,
      ...stay(said),
      ...because(said.decision),
    ],
  }),
  complaint_filed: (said) => ({
    greets: 'host',
    subject: `El huésped se queja: ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.guest_name} dice que algo no está bien con la estancia.`,
      ...stay(said),
      ...(said.complaint ? [said.complaint] : []),
      'Responde, por favor. Decidimos sobre ello; hasta entonces espera lo que no ha salido de tu pago.',
    ],
  }),
  complaint_withdrawn: (said) => ({
    greets: 'host',
    subject: `Ya no hay queja: ${said.listing_title}, ${said.check_in}`,
    body: [`${said.guest_name} ha retirado la queja.`, ...stay(said)],
  }),
  complaint_decided_guest: (said) => ({
    greets: 'guest',
    subject: `Tu queja está decidida: ${said.listing_title}, ${said.check_in}`,
    body: [
      'Hemos decidido sobre tu queja.',
      ...stay(said),
      ...because(said.complaint_decision),
      said.givenBack ? returned(said.givenBack) : 'No se devuelve nada.',
    ],
  }),
  complaint_decided_host: (said) => ({
    greets: 'host',
    subject: `La queja del huésped está decidida: ${said.listing_title}, ${said.check_in}`,
    body: [
      `Hemos decidido sobre la queja de ${said.guest_name}.`,
      ...stay(said),
      ...because(said.complaint_decision),
      said.share
        ? `El huésped recupera dinero. Tu parte de la estancia es ahora ${said.share}.`
        : 'No se devuelve nada, y tu pago sigue su curso.',
    ],
  }),
  damage_claimed: (said) => ({
    greets: 'guest',
    subject: `El anfitrión reclama un daño: ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.host_name} dice que algo se dañó durante tu estancia.`,
      ...stay(said),
      ...(said.damage ? [said.damage] : []),
      ...(said.claimed ? [`Reclamado: ${said.claimed}.`] : []),
      ...(said.answer_damage_until
        ? [
          `Acéptalo o recházalo antes del ${said.answer_damage_until}. Si no, decidimos sin ti. Antes no se cobra nada.`,
        ]
        : []),
    ],
  }),
  damage_refused: (said) => ({
    greets: 'guest',
    subject: `Falta pagar el daño en ${said.listing_title}, ${said.check_in}`,
    body: [
      `No se pudo cobrar a tu tarjeta${said.award ? ` ${said.award}` : ''} por un daño.`,
      ...stay(said),
      ...(said.pay_by ? [`Abre la reserva y paga antes del ${said.pay_by}.`] : []),
    ],
  }),
  damage_dropped: (said) => ({
    greets: 'guest',
    subject: `Ya no se reclama ningún daño: ${said.listing_title}, ${said.check_in}`,
    body: [`${said.host_name} ha retirado la reclamación.`, ...stay(said)],
  }),
  damage_disputed: (said) => ({
    greets: 'host',
    subject: `El huésped rechaza tu reclamación: ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.guest_name} no acepta tu reclamación por un daño. Lo estamos mirando.`,
      ...stay(said),
    ],
  }),
  damage_decided_guest: (said) => ({
    greets: 'guest',
    subject: `La reclamación por un daño está decidida: ${said.listing_title}, ${said.check_in}`,
    body: [
      'Hemos decidido sobre el daño que se reclamó.',
      ...stay(said),
      ...because(said.damage_decision),
      said.award
        ? `Debes ${said.award}. Se cobran a la tarjeta con la que reservaste; si no se puede, te lo diremos.`
        : 'No debes nada.',
    ],
  }),
  damage_decided_host: (said) => ({
    greets: 'host',
    subject: `Tu reclamación por un daño está decidida: ${said.listing_title}, ${said.check_in}`,
    body: [
      'Hemos decidido sobre el daño que reclamaste.',
      ...stay(said),
      ...because(said.damage_decision),
      said.award
        ? `${said.guest_name} te debe ${said.award}. Te diremos cuándo esté pagado.`
        : 'No se debe nada.',
    ],
  }),
  damage_paid_guest: (said) => ({
    greets: 'guest',
    subject: `Pagado: daño en ${said.listing_title}, ${said.check_in}`,
    body: [
      ...(said.award ? [`Has pagado ${said.award} por un daño.`] : []),
      ...stay(said),
    ],
  }),
  damage_paid_host: (said) => ({
    greets: 'host',
    subject: `El huésped ha pagado el daño: ${said.listing_title}, ${said.check_in}`,
    body: [
      said.guest_name,
      ...stay(said),
      ...(said.award ? [`Todo es tuyo: ${said.award}, pagados enseguida.`] : []),
    ],
  }),
  damage_unpaid: (said) => ({
    greets: 'host',
    subject: `El huésped no ha pagado el daño: ${said.listing_title}, ${said.check_in}`,
    body: [
      'No se pudo cobrar a la tarjeta, y nadie pagó de otra forma a tiempo.',
      said.guest_name,
      ...stay(said),
    ],
  }),
  booking_missed: (said) => ({
    greets: 'host',
    subject: `Solicitud cerrada: ${said.listing_title}, ${said.check_in}`,
    body: [
      `La solicitud de ${said.guest_name} ha terminado sin reserva. Las noches vuelven a estar libres.`,
      ...stay(said),
    ],
  }),
  complaint_answered: (said) => ({
    greets: 'guest',
    subject: `El anfitrión responde a tu queja: ${said.listing_title}, ${said.check_in}`,
    body: [`${said.host_name} ha respondido. Decidimos sobre ello.`, ...stay(said)],
  }),
  damage_accepted: (said) => ({
    greets: 'host',
    subject: `El huésped acepta tu reclamación: ${said.listing_title}, ${said.check_in}`,
    body: [
      `${said.guest_name} acepta tu reclamación por un daño. Te diremos cuándo esté pagado.`,
      ...stay(said),
      ...(said.award ? [`Se deben ${said.award}.`] : []),
    ],
  }),
  review_asked_guest: (said) => ({
    greets: 'guest',
    subject: `¿Qué tal fue? ${said.listing_title}`,
    body: [
      `Tu estancia con ${said.host_name} ha terminado. Tienes 14 días para escribir una reseña.`,
      ...stay(said),
      'Nadie la lee antes de que ambos hayáis escrito o pasen los 14 días.',
    ],
  }),
  review_asked_host: (said) => ({
    greets: 'host',
    subject: `¿Qué tal tu huésped? ${said.listing_title}, ${said.check_in}`,
    body: [
      `La estancia de ${said.guest_name} ha terminado. Tienes 14 días para escribir una reseña.`,
      ...stay(said),
      'Nadie la lee antes de que ambos hayáis escrito o pasen los 14 días.',
    ],
  }),
  review_received_guest: (said) => ({
    greets: 'guest',
    subject: `Tu anfitrión ha escrito sobre ti: ${said.listing_title}`,
    body: ['Ya puedes leer la reseña, y responder durante 30 días.', said.host_name, ...stay(said)],
  }),
  review_received_host: (said) => ({
    greets: 'host',
    subject: `Tienes una reseña: ${said.listing_title}, ${said.check_in}`,
    body: [
      'Ya puedes leer la reseña, y responder durante 30 días.',
      said.guest_name,
      ...stay(said),
    ],
  }),
  review_replied_guest: (said) => ({
    greets: 'guest',
    subject: `Una respuesta a tu reseña: ${said.listing_title}`,
    body: [`${said.host_name} ha respondido a lo que escribiste.`, ...stay(said)],
  }),
  review_replied_host: (said) => ({
    greets: 'host',
    subject: `Una respuesta a tu reseña: ${said.listing_title}, ${said.check_in}`,
    body: [`${said.guest_name} ha respondido a lo que escribiste.`, ...stay(said)],
  }),
  payout_sent: (said) => ({
    greets: 'host',
    subject: `Tu pago está en camino: ${said.listing_title}, ${said.check_in}`,
    body: [
      ...(said.moved ? [`Te hemos enviado ${said.moved}.`] : []),
      said.guest_name,
      ...stay(said),
      'Los bancos tardan unos días en mostrarlo.',
    ],
  }),
  charge_made: (said) => ({
    greets: 'guest',
    subject: `Pagado: ${said.listing_title}, ${said.check_in}`,
    body: [
      ...(said.moved ? [`Has pagado ${said.moved} por tu estancia con ${said.host_name}.`] : []),
      ...stay(said),
    ],
  }),
  refund_made: (said) => ({
    greets: 'guest',
    subject: `Recuperas dinero: ${said.listing_title}, ${said.check_in}`,
    body: [...(said.moved ? [returned(said.moved)] : []), ...stay(said)],
  }),
  payment_returned: (said) => ({
    greets: 'guest',
    subject: `Tu dinero está de vuelta: ${said.listing_title}`,
    body: [
      'Tu pago llegó cuando las noches ya no estaban reservadas, y no pudieron ser para ti.',
      ...stay(said),
      `Se devuelve todo${
        said.total ? `: ${said.total}` : ''
      }. Los bancos tardan unos días en mostrarlo.`,
    ],
  }),
  payment_disputed: (said) => ({
    greets: 'host',
    subject: `Se impugna un pago: ${said.listing_title}, ${said.check_in}`,
    body: [
      'El banco desde el que se pagó impugna un pago de esta estancia, o lo ha retirado.',
      ...stay(said),
      'Lo que no ha salido de tu pago espera hasta que el banco decida. La reserva sigue como está, y te diremos algo.',
    ],
  }),
  dispute_won: (said) => ({
    greets: 'host',
    subject: `Ya no se impugna un pago: ${said.listing_title}, ${said.check_in}`,
    body: [
      'El banco ya no impugna el pago de esta estancia. No se quita nada de tu parte.',
      ...stay(said),
      'Lo que esperaba de tu pago sigue su curso. Lo que se te había retirado se te vuelve a pagar.',
    ],
  }),
  dispute_lost: (said) => ({
    greets: 'host',
    subject: `Se ha perdido un pago impugnado: ${said.listing_title}, ${said.check_in}`,
    body: [
      'El banco ha decidido en nuestra contra y se queda con el dinero que retiró de esta estancia.',
      ...stay(said),
      'Primero lo paga tu parte: lo que no ha salido de tu pago disminuye, y lo que salió se recupera o se descuenta de los próximos pagos.',
    ],
  }),
  ...alterationLetters({ ...alterations, stay }),
};

export const spanish: Language = {
  hello: (name) => name === '' ? 'Hola:' : `Hola ${name}:`,
  booking: (id) => `Reserva ${id}`,
  unsubscribe: (link) => `No recibir más cartas como esta: ${link}`,
  message: ({ sender_name, listing_title }) => ({
    subject: `Tienes un mensaje: ${listing_title}`,
    intro: `${sender_name} te ha escrito, sobre ${listing_title}:`,
  }),
  letters,
  news: news.spanish,
};
