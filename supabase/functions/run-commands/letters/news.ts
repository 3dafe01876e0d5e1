import type { News } from './facts.ts';

type Told = [subject: string, ...paragraphs: string[]];

/** Said only when there is something to say. */
const when = (fact: unknown, ...lines: string[]) => fact ? lines : [];

const inEnglish = {
  offer_received: (said: News): Told => [
    `You have a special offer: ${said.home}`,
    `${said.other} has sent you a special offer.`,
    said.place,
    `${said.from} to ${said.to} · ${said.guests === 1 ? '1 guest' : `${said.guests} guests`}`,
    ...when(said.total, `You would pay ${said.total}, including fees and taxes.`),
    ...when(said.words, said.words),
    `The offer is valid until ${said.until}. It does not hold the nights for you.`,
  ],
  inquiry_preapproved: (said: News): Told => [
    `You can now book ${said.home}`,
    `${said.other} has approved your inquiry. You can book at the listed price without another request.`,
    said.place,
    `${said.from} to ${said.to} · ${said.guests === 1 ? '1 guest' : `${said.guests} guests`}`,
    ...when(said.words, said.words),
    `This is valid until ${said.until}. It does not hold the nights for you.`,
  ],
  offer_withdrawn: (said: News): Told => [
    `Offer withdrawn: ${said.home}, ${said.from}`,
    `${said.other} has withdrawn the offer.`,
    said.place,
  ],
  offer_declined: (said: News): Told => [
    `Offer declined: ${said.home}, ${said.from}`,
    `${said.other} has declined your offer.`,
    said.place,
  ],
  calendar_conflict: (said: News): Told => [
    `Double booking? ${said.home}, ${said.from}`,
    `Another calendar shows nights as taken that are booked here: ${said.from} to ${said.to}.`,
    said.place,
    'Please check your calendar and find a solution with one of the two guests.',
  ],
  calendar_failing: (said: News): Told => [
    `Calendar cannot be read: ${said.home}`,
    `We have failed to read the calendar ${said.words} several times. Nights that are taken there may be booked here.`,
    said.place,
    'Please check that its address is still correct.',
  ],
  cohost_invited: (said: News): Told => [
    'You are invited to co-host a home',
    `${said.other} would like you to help host a home.`,
    said.place,
    `Sign in with this address to accept or decline by ${said.until}. If you do not know ${said.other}, you can ignore this e-mail.`,
    ...when(
      said.code,
      `If you are asked for a code, it is ${said.code}. Do not share it with anyone.`,
    ),
  ],
  cohost_accepted: (said: News): Told => [
    `Invitation accepted: ${said.home}`,
    `${said.other} is now hosting with you.`,
    said.place,
  ],
  cohost_declined: (said: News): Told => [
    `Invitation declined: ${said.home}`,
    'The person you invited declined.',
    said.place,
  ],
  cohost_removed: (said: News): Told => [
    `You no longer host ${said.home}`,
    'The owner has removed you as a co-host.',
    said.place,
  ],
  payouts_ready: (_: News): Told => [
    'You can now be paid',
    'Your payout account is ready. Any payouts that were waiting for it are on their way.',
  ],
  payouts_halted: (_: News): Told => [
    'Your payouts are on hold',
    'Our payment provider needs something from you. Until then, your payouts are on hold. Please open your payout account.',
  ],
  superhost_gained: (_: News): Told => [
    'You are a superhost',
    'Your guests and your figures have earned you this. Everyone can see it until the next quarter.',
  ],
  superhost_lost: (_: News): Told => [
    'You are not a superhost this quarter',
    'Your figures show what was missing and where you stand for the next quarter.',
  ],
  decision_made: ({ measure, words, place }: News): Told => [
    'We have made a decision that affects you',
    ({
      warn: 'You have received a warning.',
      suspend: 'Your account has been suspended.',
      lift_suspension: 'Your account is no longer suspended.',
      hide_listing: 'One of your homes has been hidden.',
      show_listing: 'One of your homes may be shown again.',
      remove_review: 'One of your reviews has been removed.',
      remove_message: 'One of your messages has been removed.',
    } as Record<string, string>)[measure] ?? 'You can find it in your account.',
    ...when(place, `This is about ${place}.`),
    ...when(words, `Reason: ${words}`),
  ],
  report_received: (_: News): Told => [
    'We have received your report',
    'Thank you. We will look into it and let you know. We will not tell anyone that it came from you.',
  ],
  report_decided: ({ acted }: News): Told => [
    'Decision on your report',
    acted
      ? 'We have looked into your report and taken action.'
      : 'We have looked into your report and found nothing that breaks our rules.',
  ],
};

/** All letters that are about no booking and no conversation; every language has each of them. */
export type NewsLetters = { [Name in keyof typeof inEnglish]: (said: News) => Told };

const inGerman: NewsLetters = {
  offer_received: (said) => [
    `Sonderangebot für dich: ${said.home}`,
    `${said.other} hat dir ein Sonderangebot geschickt.`,
    said.place,
    `${said.from} bis ${said.to} · ${said.guests === 1 ? '1 Gast' : `${said.guests} Gäste`}`,
    ...when(said.total, `Du würdest ${said.total} bezahlen, inklusive Gebühren und Steuern.`),
    ...when(said.words, said.words),
    `Das Angebot gilt bis ${said.until}. Die Nächte werden dir dadurch nicht freigehalten.`,
  ],
  inquiry_preapproved: (said) => [
    `Du kannst jetzt buchen: ${said.home}`,
    `${said.other} hat deiner Anfrage zugestimmt. Du kannst zum angezeigten Preis buchen, ohne noch einmal anzufragen.`,
    said.place,
    `${said.from} bis ${said.to} · ${said.guests === 1 ? '1 Gast' : `${said.guests} Gäste`}`,
    ...when(said.words, said.words),
    `Das gilt bis ${said.until}. Die Nächte werden dir dadurch nicht freigehalten.`,
  ],
  offer_withdrawn: (said) => [
    `Angebot zurückgezogen: ${said.home}, ${said.from}`,
    `${said.other} hat das Angebot zurückgezogen.`,
    said.place,
  ],
  offer_declined: (said) => [
    `Angebot abgelehnt: ${said.home}, ${said.from}`,
    `${said.other} hat dein Angebot abgelehnt.`,
    said.place,
  ],
  calendar_conflict: (said) => [
    `Doppelbuchung? ${said.home}, ${said.from}`,
    `In einem anderen Kalender sind Nächte belegt, die hier gebucht sind: ${said.from} bis ${said.to}.`,
    said.place,
    'Bitte prüfe deinen Kalender und finde mit einem der beiden Gäste eine Lösung.',
  ],
  calendar_failing: (said) => [
    `Kalender nicht lesbar: ${said.home}`,
    `Wir konnten den Kalender ${said.words} mehrmals nicht lesen. Nächte, die dort belegt sind, könnten hier gebucht werden.`,
    said.place,
    'Bitte prüfe, ob seine Adresse noch stimmt.',
  ],
  cohost_invited: (said) => [
    'Du bist als Co-Host für eine Unterkunft eingeladen',
    `${said.other} möchte, dass du bei einer Unterkunft mithilfst.`,
    said.place,
    `Melde dich mit dieser Adresse an, um bis ${said.until} zu- oder abzusagen. Wenn du ${said.other} nicht kennst, kannst du diese E-Mail ignorieren.`,
    ...when(
      said.code,
      `Falls du nach einem Code gefragt wirst: ${said.code}. Gib ihn nicht weiter.`,
    ),
  ],
  cohost_accepted: (said) => [
    `Einladung angenommen: ${said.home}`,
    `${said.other} betreut die Unterkunft jetzt mit dir.`,
    said.place,
  ],
  cohost_declined: (said) => [
    `Einladung abgelehnt: ${said.home}`,
    'Die Person, die du eingeladen hast, hat abgelehnt.',
    said.place,
  ],
  cohost_removed: (said) => [
    `Du betreust ${said.home} nicht mehr`,
    'Der Eigentümer hat dich als Co-Host entfernt.',
    said.place,
  ],
  payouts_ready: () => [
    'Du kannst jetzt Auszahlungen erhalten',
    'Dein Auszahlungskonto ist bereit. Auszahlungen, die darauf gewartet haben, sind unterwegs.',
  ],
  payouts_halted: () => [
    'Deine Auszahlungen sind angehalten',
    'Unser Zahlungsdienst benötigt noch etwas von dir. Bis dahin sind deine Auszahlungen angehalten. Bitte öffne dein Auszahlungskonto.',
  ],
  superhost_gained: () => [
    'Du bist Superhost',
    'Das verdankst du deinen Gästen und deinen Zahlen. Bis zum nächsten Quartal können es alle sehen.',
  ],
  superhost_lost: () => [
    'In diesem Quartal bist du kein Superhost',
    'Deine Zahlen zeigen, was gefehlt hat und wo du für das nächste Quartal stehst.',
  ],
  decision_made: ({ measure, words, place }) => [
    'Wir haben eine Entscheidung getroffen, die dich betrifft',
    ({
      warn: 'Du hast eine Verwarnung erhalten.',
      suspend: 'Dein Konto wurde gesperrt.',
      lift_suspension: 'Dein Konto ist nicht mehr gesperrt.',
      hide_listing: 'Eine deiner Unterkünfte wurde ausgeblendet.',
      show_listing: 'Eine deiner Unterkünfte darf wieder angezeigt werden.',
      remove_review: 'Eine deiner Bewertungen wurde entfernt.',
      remove_message: 'Eine deiner Nachrichten wurde entfernt.',
    } as Record<string, string>)[measure] ?? 'Du findest sie in deinem Konto.',
    ...when(place, `Es geht um ${place}.`),
    ...when(words, `Grund: ${words}`),
  ],
  report_received: () => [
    'Wir haben deine Meldung erhalten',
    'Vielen Dank. Wir sehen sie uns an und melden uns bei dir. Wir sagen niemandem, dass sie von dir kommt.',
  ],
  report_decided: ({ acted }) => [
    'Entscheidung zu deiner Meldung',
    acted
      ? 'Wir haben uns deine Meldung angesehen und etwas unternommen.'
      : 'Wir haben uns deine Meldung angesehen und nichts gefunden, was gegen unsere Regeln verstößt.',
  ],
};

const inFrench: NewsLetters = {
  offer_received: (said) => [
    `Vous avez reçu une offre spéciale : ${said.home}`,
    `${said.other} vous a envoyé une offre spéciale.`,
    said.place,
    `du ${said.from} au ${said.to} · ${
      said.guests === 1 ? '1 voyageur' : `${said.guests} voyageurs`
    }`,
    ...when(said.total, `Vous paieriez ${said.total}, frais et taxes compris.`),
    ...when(said.words, said.words),
    `L'offre est valable jusqu'au ${said.until}. Elle ne bloque pas les nuits pour vous.`,
  ],
  inquiry_preapproved: (said) => [
    `Vous pouvez maintenant réserver ${said.home}`,
    `${said.other} a approuvé votre demande. Vous pouvez réserver au prix affiché, sans nouvelle demande.`,
    said.place,
    `du ${said.from} au ${said.to} · ${
      said.guests === 1 ? '1 voyageur' : `${said.guests} voyageurs`
    }`,
    ...when(said.words, said.words),
    `Cette approbation est valable jusqu'au ${said.until}. Elle ne bloque pas les nuits pour vous.`,
  ],
  offer_withdrawn: (said) => [
    `Offre retirée : ${said.home}, ${said.from}`,
    `${said.other} a retiré son offre.`,
    said.place,
  ],
  offer_declined: (said) => [
    `Offre refusée : ${said.home}, ${said.from}`,
    `${said.other} a refusé votre offre.`,
    said.place,
  ],
  calendar_conflict: (said) => [
    `Double réservation ? ${said.home}, ${said.from}`,
    `Un autre calendrier indique comme occupées des nuits qui sont réservées ici : du ${said.from} au ${said.to}.`,
    said.place,
    "Merci de vérifier votre calendrier et de trouver une solution avec l'un des deux voyageurs.",
  ],
  calendar_failing: (said) => [
    `Calendrier illisible : ${said.home}`,
    `Nous n'avons pas pu lire le calendrier ${said.words} à plusieurs reprises. Des nuits qui y sont occupées peuvent être réservées ici.`,
    said.place,
    'Merci de vérifier que son adresse est toujours la bonne.',
  ],
  cohost_invited: (said) => [
    'Invitation à gérer un logement',
    `${said.other} aimerait que vous l'aidiez à gérer un logement.`,
    said.place,
    `Connectez-vous avec cette adresse pour accepter ou refuser avant le ${said.until}. Si vous ne connaissez pas ${said.other}, ignorez cet e-mail.`,
    ...when(
      said.code,
      `Si un code vous est demandé, saisissez ${said.code}. Ne le communiquez à personne.`,
    ),
  ],
  cohost_accepted: (said) => [
    `Invitation acceptée : ${said.home}`,
    `${said.other} gère désormais ce logement avec vous.`,
    said.place,
  ],
  cohost_declined: (said) => [
    `Invitation refusée : ${said.home}`,
    'La personne que vous avez invitée a refusé.',
    said.place,
  ],
  cohost_removed: (said) => [
    `Vous ne gérez plus ce logement : ${said.home}`,
    'Le propriétaire vous a retiré le rôle de co-hôte.',
    said.place,
  ],
  payouts_ready: () => [
    'Vous pouvez recevoir vos versements',
    'Votre compte de versement est prêt. Les versements en attente sont en route.',
  ],
  payouts_halted: () => [
    'Vos versements sont suspendus',
    "Notre prestataire de paiement attend quelque chose de vous. D'ici là, vos versements sont suspendus. Merci d'ouvrir votre compte de versement.",
  ],
  superhost_gained: () => [
    'Vous avez le statut de superhôte',
    "Vous le devez à vos voyageurs et à vos résultats. Tout le monde peut le voir jusqu'au prochain trimestre.",
  ],
  superhost_lost: () => [
    "Vous n'avez pas le statut de superhôte ce trimestre",
    'Vos résultats montrent ce qui a manqué et où vous en êtes pour le prochain trimestre.',
  ],
  decision_made: ({ measure, words, place }) => [
    'Nous avons pris une décision qui vous concerne',
    ({
      warn: 'Vous avez reçu un avertissement.',
      suspend: 'Votre compte a été suspendu.',
      lift_suspension: "Votre compte n'est plus suspendu.",
      hide_listing: "L'un de vos logements a été masqué.",
      show_listing: "L'un de vos logements peut de nouveau être affiché.",
      remove_review: "L'un de vos avis a été supprimé.",
      remove_message: "L'un de vos messages a été supprimé.",
    } as Record<string, string>)[measure] ?? 'Vous la trouverez dans votre compte.',
    ...when(place, `Cela concerne ${place}.`),
    ...when(words, `Motif : ${words}`),
  ],
  report_received: () => [
    'Nous avons reçu votre signalement',
    "Merci. Nous allons l'examiner et nous reviendrons vers vous. Nous ne dirons à personne qu'il vient de vous.",
  ],
  report_decided: ({ acted }) => [
    'Décision sur votre signalement',
    acted
      ? 'Nous avons examiné votre signalement et pris des mesures.'
      : "Nous avons examiné votre signalement et n'avons rien trouvé de contraire à nos règles.",
  ],
};

const inSpanish: NewsLetters = {
  offer_received: (said) => [
    `Tienes una oferta especial: ${said.home}`,
    `${said.other} te ha enviado una oferta especial.`,
    said.place,
    `del ${said.from} al ${said.to} · ${
      said.guests === 1 ? '1 huésped' : `${said.guests} huéspedes`
    }`,
    ...when(said.total, `Pagarías ${said.total}, con tarifas e impuestos incluidos.`),
    ...when(said.words, said.words),
    `La oferta es válida hasta el ${said.until}. No te guarda las noches.`,
  ],
  inquiry_preapproved: (said) => [
    `Ya puedes reservar ${said.home}`,
    `${said.other} ha aprobado tu consulta. Puedes reservar al precio publicado sin enviar otra solicitud.`,
    said.place,
    `del ${said.from} al ${said.to} · ${
      said.guests === 1 ? '1 huésped' : `${said.guests} huéspedes`
    }`,
    ...when(said.words, said.words),
    `Es válido hasta el ${said.until}. No te guarda las noches.`,
  ],
  offer_withdrawn: (said) => [
    `Oferta retirada: ${said.home}, ${said.from}`,
    `${said.other} ha retirado la oferta.`,
    said.place,
  ],
  offer_declined: (said) => [
    `Oferta rechazada: ${said.home}, ${said.from}`,
    `${said.other} ha rechazado tu oferta.`,
    said.place,
  ],
  calendar_conflict: (said) => [
    `¿Reserva duplicada? ${said.home}, ${said.from}`,
    `Otro calendario muestra como ocupadas noches que aquí están reservadas: del ${said.from} al ${said.to}.`,
    said.place,
    'Revisa tu calendario y busca una solución con uno de los dos huéspedes.',
  ],
  calendar_failing: (said) => [
    `No se puede leer un calendario: ${said.home}`,
    `No hemos podido leer varias veces el calendario ${said.words}. Las noches que allí están ocupadas podrían reservarse aquí.`,
    said.place,
    'Comprueba que su dirección siga siendo correcta.',
  ],
  cohost_invited: (said) => [
    'Te invitan a gestionar un alojamiento',
    `${said.other} quiere que colabores en la gestión de un alojamiento.`,
    said.place,
    `Inicia sesión con esta dirección para aceptar o rechazar antes del ${said.until}. Si no conoces a ${said.other}, ignora este correo.`,
    ...when(said.code, `Si te piden un código, es ${said.code}. No lo compartas con nadie.`),
  ],
  cohost_accepted: (said) => [
    `Invitación aceptada: ${said.home}`,
    `${said.other} ya gestiona el alojamiento contigo.`,
    said.place,
  ],
  cohost_declined: (said) => [
    `Invitación rechazada: ${said.home}`,
    'La persona a la que invitaste ha rechazado la invitación.',
    said.place,
  ],
  cohost_removed: (said) => [
    `Ya no gestionas este alojamiento: ${said.home}`,
    'El propietario te ha retirado como coanfitrión.',
    said.place,
  ],
  payouts_ready: () => [
    'Ya puedes recibir cobros',
    'Tu cuenta de cobro está lista. Los cobros que estaban pendientes de ella van en camino.',
  ],
  payouts_halted: () => [
    'Tus cobros están en pausa',
    'Nuestro proveedor de pagos necesita algo de ti. Hasta entonces, tus cobros están en pausa. Abre tu cuenta de cobro.',
  ],
  superhost_gained: () => [
    'Has obtenido la categoría de superanfitrión',
    'Te la has ganado gracias a tus huéspedes y a tus resultados. Todo el mundo puede verla hasta el próximo trimestre.',
  ],
  superhost_lost: () => [
    'Este trimestre no tienes la categoría de superanfitrión',
    'Tus resultados muestran qué faltó y cómo vas para el próximo trimestre.',
  ],
  decision_made: ({ measure, words, place }) => [
    'Hemos tomado una decisión que te afecta',
    ({
      warn: 'Has recibido una advertencia.',
      suspend: 'Tu cuenta se ha suspendido.',
      lift_suspension: 'Tu cuenta ya no está suspendida.',
      hide_listing: 'Se ha ocultado uno de tus alojamientos.',
      show_listing: 'Uno de tus alojamientos puede volver a mostrarse.',
      remove_review: 'Se ha eliminado una de tus reseñas.',
      remove_message: 'Se ha eliminado uno de tus mensajes.',
    } as Record<string, string>)[measure] ?? 'Puedes consultarla en tu cuenta.',
    ...when(place, `Se trata de ${place}.`),
    ...when(words, `Motivo: ${words}`),
  ],
  report_received: () => [
    'Hemos recibido tu denuncia',
    'Gracias. La revisaremos y te informaremos. No diremos a nadie que es tuya.',
  ],
  report_decided: ({ acted }) => [
    'Decisión sobre tu denuncia',
    acted
      ? 'Hemos revisado tu denuncia y hemos tomado medidas.'
      : 'Hemos revisado tu denuncia y no hemos encontrado nada que incumpla nuestras normas.',
  ],
};

export const news = {
  english: inEnglish satisfies NewsLetters,
  german: inGerman,
  french: inFrench,
  spanish: inSpanish,
};
