import type { News } from './facts.ts';

type Told = [subject: string, ...paragraphs: string[]];

/** Said only when there is something to say. */
const when = (fact: unknown, ...lines: string[]) => fact ? lines : [];

const inEnglish = {
  offer_received: (said: News): Told => [
    `You have an offer: ${said.home}`,
    `${said.other} offers you a stay at a price of its own.`,
    said.place,
    `${said.from} to ${said.to}, ${said.guests === 1 ? '1 guest' : `${said.guests} guests`}`,
    ...when(said.total, `You would pay ${said.total}, with fees and taxes.`),
    ...when(said.words, said.words),
    `The offer is good until ${said.until}. It holds no nights.`,
  ],
  inquiry_preapproved: (said: News): Told => [
    `You can book ${said.home}`,
    `${said.other} lets you book what you asked about, at the listed price and without asking again.`,
    said.place,
    `${said.from} to ${said.to}, ${said.guests === 1 ? '1 guest' : `${said.guests} guests`}`,
    ...when(said.words, said.words),
    `This is good until ${said.until}. It holds no nights.`,
  ],
  offer_withdrawn: (said: News): Told => [
    `No longer offered: ${said.home}, ${said.from}`,
    `${said.other} has taken the offer back.`,
    said.place,
  ],
  offer_declined: (said: News): Told => [
    `Your offer was declined: ${said.home}, ${said.from}`,
    `${said.other} does not take your offer.`,
    said.place,
  ],
  calendar_conflict: (said: News): Told => [
    `Booked twice? ${said.home}, ${said.from}`,
    `Another calendar has taken nights that are booked here: ${said.from} to ${said.to}.`,
    said.place,
    'Please look at the calendar and settle it with one of the two guests.',
  ],
  calendar_failing: (said: News): Told => [
    `A calendar cannot be read: ${said.home}`,
    `The calendar ${said.words} could not be read several times. Nights that are taken there may be booked here.`,
    said.place,
    'Please look whether its address is still right.',
  ],
  cohost_invited: (said: News): Told => [
    'You are invited to host a home',
    `${said.other} would like you to help host a home.`,
    said.place,
    `Sign in with this address to accept or decline by ${said.until}. If you do not know ${said.other}, do nothing.`,
    ...when(said.code, `If you are asked for a code, it is ${said.code}. Give it to nobody else.`),
  ],
  cohost_accepted: (said: News): Told => [
    `Your invitation was accepted: ${said.home}`,
    `${said.other} now hosts with you.`,
    said.place,
  ],
  cohost_declined: (said: News): Told => [
    `Your invitation was declined: ${said.home}`,
    'Whom you asked to host with you said no.',
    said.place,
  ],
  cohost_removed: (said: News): Told => [
    `You no longer host ${said.home}`,
    'The owner has taken your role back.',
    said.place,
  ],
  payouts_ready: (_: News): Told => [
    'You can be paid',
    'Your account for payouts is ready. What waited for it is on its way.',
  ],
  payouts_halted: (_: News): Told => [
    'You cannot be paid at the moment',
    'Our payment provider needs something from you. Until then your payouts wait. Please open your account for payouts.',
  ],
  superhost_gained: (_: News): Told => [
    'You are a superhost',
    'Your guests and your figures say so. Everyone sees it until the next quarter.',
  ],
  superhost_lost: (_: News): Told => [
    'You are no superhost this quarter',
    'Your figures show what was missing, and what the next quarter would find.',
  ],
  decision_made: ({ measure, words, place }: News): Told => [
    'We have made a decision that concerns you',
    ({
      warn: 'We warn you.',
      suspend: 'Your account is suspended.',
      lift_suspension: 'Your account is no longer suspended.',
      hide_listing: 'A home of yours is hidden.',
      show_listing: 'A home of yours may be shown again.',
      remove_review: 'A review of yours is removed.',
      remove_message: 'A message of yours is removed.',
    } as Record<string, string>)[measure] ?? 'You find it in your account.',
    ...when(place, `It is about ${place}.`),
    ...when(words, `The reason: ${words}`),
  ],
  report_received: (_: News): Told => [
    'We have received your report',
    'Thank you. Somebody looks at it and you hear from us. Nobody is told that it was you.',
  ],
  report_decided: ({ acted }: News): Told => [
    'Your report is decided',
    acted
      ? 'We have looked at your report and have done something about it.'
      : 'We have looked at your report and found nothing against our rules.',
  ],
};

/** All letters that are about no booking and no conversation; every language has each of them. */
export type NewsLetters = { [Name in keyof typeof inEnglish]: (said: News) => Told };

const inGerman: NewsLetters = {
  offer_received: (said) => [
    `Du hast ein Angebot: ${said.home}`,
    `${said.other} bietet dir einen Aufenthalt zu einem eigenen Preis an.`,
    said.place,
    `${said.from} bis ${said.to}, ${said.guests === 1 ? '1 Gast' : `${said.guests} Gäste`}`,
    ...when(said.total, `Du würdest ${said.total} bezahlen, mit Gebühren und Steuern.`),
    ...when(said.words, said.words),
    `Das Angebot gilt bis ${said.until}. Es hält keine Nächte frei.`,
  ],
  inquiry_preapproved: (said) => [
    `Du kannst ${said.home} buchen`,
    `${said.other} lässt dich buchen, wonach du gefragt hast, zum angezeigten Preis und ohne neue Anfrage.`,
    said.place,
    `${said.from} bis ${said.to}, ${said.guests === 1 ? '1 Gast' : `${said.guests} Gäste`}`,
    ...when(said.words, said.words),
    `Das gilt bis ${said.until}. Es hält keine Nächte frei.`,
  ],
  offer_withdrawn: (said) => [
    `Nicht mehr angeboten: ${said.home}, ${said.from}`,
    `${said.other} hat das Angebot zurückgenommen.`,
    said.place,
  ],
  offer_declined: (said) => [
    `Dein Angebot wurde abgelehnt: ${said.home}, ${said.from}`,
    `${said.other} nimmt dein Angebot nicht an.`,
    said.place,
  ],
  calendar_conflict: (said) => [
    `Doppelt gebucht? ${said.home}, ${said.from}`,
    `Ein anderer Kalender hat Nächte belegt, die hier gebucht sind: ${said.from} bis ${said.to}.`,
    said.place,
    'Bitte sieh in den Kalender und kläre es mit einem der beiden Gäste.',
  ],
  calendar_failing: (said) => [
    `Ein Kalender ist nicht zu lesen: ${said.home}`,
    `Der Kalender ${said.words} konnte mehrmals nicht gelesen werden. Nächte, die dort belegt sind, können hier gebucht werden.`,
    said.place,
    'Bitte sieh nach, ob seine Adresse noch stimmt.',
  ],
  cohost_invited: (said) => [
    'Du bist eingeladen, eine Unterkunft mit anzubieten',
    `${said.other} bittet dich, bei einer Unterkunft mitzuhelfen.`,
    said.place,
    `Melde dich mit dieser Adresse an, um bis ${said.until} zu- oder abzusagen. Wenn du ${said.other} nicht kennst, tu nichts.`,
    ...when(said.code, `Wirst du nach einem Code gefragt: ${said.code}. Gib ihn niemandem sonst.`),
  ],
  cohost_accepted: (said) => [
    `Deine Einladung wurde angenommen: ${said.home}`,
    `${said.other} betreut die Unterkunft jetzt mit dir.`,
    said.place,
  ],
  cohost_declined: (said) => [
    `Deine Einladung wurde abgelehnt: ${said.home}`,
    'Wen du gebeten hast, mit dir zu betreuen, hat abgesagt.',
    said.place,
  ],
  cohost_removed: (said) => [
    `Du betreust ${said.home} nicht mehr`,
    'Wem die Unterkunft gehört, hat deine Aufgabe beendet.',
    said.place,
  ],
  payouts_ready: () => [
    'Du kannst ausgezahlt werden',
    'Dein Konto für Auszahlungen ist bereit. Was darauf gewartet hat, ist unterwegs.',
  ],
  payouts_halted: () => [
    'Du kannst gerade nicht ausgezahlt werden',
    'Unser Zahlungsdienst braucht etwas von dir. Bis dahin warten deine Auszahlungen. Bitte öffne dein Konto für Auszahlungen.',
  ],
  superhost_gained: () => [
    'Du bist Superhost',
    'Deine Gäste und deine Zahlen sagen es. Alle sehen es bis zum nächsten Quartal.',
  ],
  superhost_lost: () => [
    'In diesem Quartal bist du kein Superhost',
    'Deine Zahlen zeigen, was gefehlt hat und was das nächste Quartal finden würde.',
  ],
  decision_made: ({ measure, words, place }) => [
    'Wir haben etwas entschieden, das dich betrifft',
    ({
      warn: 'Wir verwarnen dich.',
      suspend: 'Dein Konto ist gesperrt.',
      lift_suspension: 'Dein Konto ist nicht mehr gesperrt.',
      hide_listing: 'Eine Unterkunft von dir ist verborgen.',
      show_listing: 'Eine Unterkunft von dir darf wieder gezeigt werden.',
      remove_review: 'Eine Bewertung von dir ist entfernt.',
      remove_message: 'Eine Nachricht von dir ist entfernt.',
    } as Record<string, string>)[measure] ?? 'Du findest es in deinem Konto.',
    ...when(place, `Es geht um ${place}.`),
    ...when(words, `Der Grund: ${words}`),
  ],
  report_received: () => [
    'Wir haben deine Meldung bekommen',
    'Danke. Jemand sieht sie sich an, und du hörst von uns. Niemand erfährt, dass sie von dir ist.',
  ],
  report_decided: ({ acted }) => [
    'Über deine Meldung ist entschieden',
    acted
      ? 'Wir haben uns deine Meldung angesehen und etwas unternommen.'
      : 'Wir haben uns deine Meldung angesehen und nichts gefunden, das gegen unsere Regeln ist.',
  ],
};

const inFrench: NewsLetters = {
  offer_received: (said) => [
    `Vous avez une offre : ${said.home}`,
    `${said.other} vous propose un séjour à un prix particulier.`,
    said.place,
    `du ${said.from} au ${said.to}, ${
      said.guests === 1 ? '1 voyageur' : `${said.guests} voyageurs`
    }`,
    ...when(said.total, `Vous paieriez ${said.total}, frais et taxes compris.`),
    ...when(said.words, said.words),
    `L'offre vaut jusqu'au ${said.until}. Elle ne retient aucune nuit.`,
  ],
  inquiry_preapproved: (said) => [
    `Vous pouvez réserver ${said.home}`,
    `${said.other} vous laisse réserver ce que vous avez demandé, au prix affiché et sans nouvelle demande.`,
    said.place,
    `du ${said.from} au ${said.to}, ${
      said.guests === 1 ? '1 voyageur' : `${said.guests} voyageurs`
    }`,
    ...when(said.words, said.words),
    `Cela vaut jusqu'au ${said.until}. Aucune nuit n'est retenue.`,
  ],
  offer_withdrawn: (said) => [
    `L'offre n'est plus valable : ${said.home}, ${said.from}`,
    `${said.other} a retiré son offre.`,
    said.place,
  ],
  offer_declined: (said) => [
    `Votre offre a été refusée : ${said.home}, ${said.from}`,
    `${said.other} n'accepte pas votre offre.`,
    said.place,
  ],
  calendar_conflict: (said) => [
    `Réservé deux fois ? ${said.home}, ${said.from}`,
    `Un autre calendrier a pris des nuits qui sont réservées ici : du ${said.from} au ${said.to}.`,
    said.place,
    "Merci de regarder le calendrier et de vous arranger avec l'un des deux voyageurs.",
  ],
  calendar_failing: (said) => [
    `Un calendrier est illisible : ${said.home}`,
    `Le calendrier ${said.words} n'a pas pu être lu plusieurs fois. Des nuits prises là-bas peuvent être réservées ici.`,
    said.place,
    'Merci de vérifier que son adresse est toujours la bonne.',
  ],
  cohost_invited: (said) => [
    'Vous êtes invité à gérer un logement',
    `${said.other} aimerait votre aide pour un logement.`,
    said.place,
    `Connectez-vous avec cette adresse pour accepter ou refuser avant le ${said.until}. Si vous ne connaissez pas ${said.other}, ne faites rien.`,
    ...when(
      said.code,
      `Si un code vous est demandé, c'est ${said.code}. Ne le donnez à personne d'autre.`,
    ),
  ],
  cohost_accepted: (said) => [
    `Votre invitation a été acceptée : ${said.home}`,
    `${said.other} accueille maintenant avec vous.`,
    said.place,
  ],
  cohost_declined: (said) => [
    `Votre invitation a été refusée : ${said.home}`,
    'La personne que vous avez invitée à accueillir avec vous a refusé.',
    said.place,
  ],
  cohost_removed: (said) => [
    `Vous n'accueillez plus à ${said.home}`,
    'Le propriétaire a mis fin à votre rôle.',
    said.place,
  ],
  payouts_ready: () => [
    'Vous pouvez être payé',
    "Votre compte de versements est prêt. Ce qui l'attendait est en route.",
  ],
  payouts_halted: () => [
    'Vous ne pouvez pas être payé pour le moment',
    'Notre prestataire de paiement attend quelque chose de vous. Jusque-là vos versements attendent. Merci d’ouvrir votre compte de versements.',
  ],
  superhost_gained: () => [
    'Vous êtes superhôte',
    "Vos voyageurs et vos chiffres le disent. Tout le monde le voit jusqu'au prochain trimestre.",
  ],
  superhost_lost: () => [
    "Vous n'êtes pas superhôte ce trimestre",
    'Vos chiffres montrent ce qui a manqué, et ce que trouverait le prochain trimestre.',
  ],
  decision_made: ({ measure, words, place }) => [
    'Nous avons pris une décision qui vous concerne',
    ({
      warn: 'Nous vous avertissons.',
      suspend: 'Votre compte est suspendu.',
      lift_suspension: "Votre compte n'est plus suspendu.",
      hide_listing: "L'un de vos logements est masqué.",
      show_listing: "L'un de vos logements peut de nouveau être montré.",
      remove_review: "L'un de vos avis est supprimé.",
      remove_message: "L'un de vos messages est supprimé.",
    } as Record<string, string>)[measure] ?? 'Vous la trouvez dans votre compte.',
    ...when(place, `Cela concerne ${place}.`),
    ...when(words, `La raison : ${words}`),
  ],
  report_received: () => [
    'Nous avons reçu votre signalement',
    "Merci. Quelqu'un l'examine et vous aurez de nos nouvelles. Personne n'apprend qu'il vient de vous.",
  ],
  report_decided: ({ acted }) => [
    'Votre signalement est tranché',
    acted
      ? 'Nous avons examiné votre signalement et nous avons agi.'
      : "Nous avons examiné votre signalement et n'avons rien trouvé contre nos règles.",
  ],
};

const inSpanish: NewsLetters = {
  offer_received: (said) => [
    `Tienes una oferta: ${said.home}`,
    `${said.other} te ofrece una estancia a un precio propio.`,
    said.place,
    `del ${said.from} al ${said.to}, ${
      said.guests === 1 ? '1 huésped' : `${said.guests} huéspedes`
    }`,
    ...when(said.total, `Pagarías ${said.total}, con tarifas e impuestos.`),
    ...when(said.words, said.words),
    `La oferta vale hasta el ${said.until}. No reserva ninguna noche.`,
  ],
  inquiry_preapproved: (said) => [
    `Puedes reservar ${said.home}`,
    `${said.other} te deja reservar lo que preguntaste, al precio publicado y sin volver a pedirlo.`,
    said.place,
    `del ${said.from} al ${said.to}, ${
      said.guests === 1 ? '1 huésped' : `${said.guests} huéspedes`
    }`,
    ...when(said.words, said.words),
    `Vale hasta el ${said.until}. No se reserva ninguna noche.`,
  ],
  offer_withdrawn: (said) => [
    `Ya no se ofrece: ${said.home}, ${said.from}`,
    `${said.other} ha retirado la oferta.`,
    said.place,
  ],
  offer_declined: (said) => [
    `Tu oferta fue rechazada: ${said.home}, ${said.from}`,
    `${said.other} no acepta tu oferta.`,
    said.place,
  ],
  calendar_conflict: (said) => [
    `¿Reservado dos veces? ${said.home}, ${said.from}`,
    `Otro calendario ha tomado noches que aquí están reservadas: del ${said.from} al ${said.to}.`,
    said.place,
    'Mira el calendario y acuérdalo con uno de los dos huéspedes.',
  ],
  calendar_failing: (said) => [
    `Un calendario no se puede leer: ${said.home}`,
    `El calendario ${said.words} no se pudo leer varias veces. Noches ocupadas allí pueden reservarse aquí.`,
    said.place,
    'Comprueba que su dirección siga siendo correcta.',
  ],
  cohost_invited: (said) => [
    'Te invitan a gestionar un alojamiento',
    `${said.other} quiere que le ayudes con un alojamiento.`,
    said.place,
    `Inicia sesión con esta dirección para aceptar o rechazar hasta el ${said.until}. Si no conoces a ${said.other}, no hagas nada.`,
    ...when(said.code, `Si te piden un código, es ${said.code}. No se lo des a nadie más.`),
  ],
  cohost_accepted: (said) => [
    `Tu invitación fue aceptada: ${said.home}`,
    `${said.other} ya es tu coanfitrión.`,
    said.place,
  ],
  cohost_declined: (said) => [
    `Tu invitación fue rechazada: ${said.home}`,
    'La persona a la que invitaste dijo que no.',
    said.place,
  ],
  cohost_removed: (said) => [
    `Ya no eres coanfitrión: ${said.home}`,
    'El propietario te ha retirado la función.',
    said.place,
  ],
  payouts_ready: () => [
    'Ya puedes cobrar',
    'Tu cuenta de pagos está lista. Lo que la esperaba está en camino.',
  ],
  payouts_halted: () => [
    'Ahora no puedes cobrar',
    'Nuestro proveedor de pagos necesita algo de ti. Hasta entonces tus pagos esperan. Abre tu cuenta de pagos.',
  ],
  superhost_gained: () => [
    'Eres superanfitrión',
    'Lo dicen tus huéspedes y tus cifras. Todos lo ven hasta el próximo trimestre.',
  ],
  superhost_lost: () => [
    'Este trimestre no eres superanfitrión',
    'Tus cifras muestran qué faltó y qué encontraría el próximo trimestre.',
  ],
  decision_made: ({ measure, words, place }) => [
    'Hemos tomado una decisión que te afecta',
    ({
      warn: 'Te hacemos una advertencia.',
      suspend: 'Tu cuenta está suspendida.',
      lift_suspension: 'Tu cuenta ya no está suspendida.',
      hide_listing: 'Un alojamiento tuyo está oculto.',
      show_listing: 'Un alojamiento tuyo puede mostrarse de nuevo.',
      remove_review: 'Una reseña tuya se ha eliminado.',
      remove_message: 'Un mensaje tuyo se ha eliminado.',
    } as Record<string, string>)[measure] ?? 'La encuentras en tu cuenta.',
    ...when(place, `Se trata de ${place}.`),
    ...when(words, `El motivo: ${words}`),
  ],
  report_received: () => [
    'Hemos recibido tu denuncia',
    'Gracias. Alguien la mira y te diremos algo. Nadie sabrá que fuiste tú.',
  ],
  report_decided: ({ acted }) => [
    'Tu denuncia está decidida',
    acted
      ? 'Hemos mirado tu denuncia y hemos hecho algo.'
      : 'Hemos mirado tu denuncia y no hemos encontrado nada contra nuestras normas.',
  ],
};

export const news = {
  english: inEnglish satisfies NewsLetters,
  german: inGerman,
  french: inFrench,
  spanish: inSpanish,
};
