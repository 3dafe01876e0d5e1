import { text } from '../writing/facts.ts';
import { newsLetter } from '../writing/kinds.ts';

export const decision_made = newsLetter({ facts: { measure: text, words: text } }, {
  en: (said, { because }) => [
    'We have made a decision that affects you',
    ({
      warn: 'You have received a warning.',
      suspend: 'Your account has been suspended.',
      lift_suspension: 'Your account is no longer suspended.',
      hide_listing: 'One of your homes has been hidden.',
      show_listing: 'One of your homes may be shown again.',
      remove_review: 'One of your reviews has been removed.',
      remove_message: 'One of your messages has been removed.',
    } as Record<string, string>)[said.measure] ?? 'You can find it in your account.',
    said.place && `This is about ${said.place}.`,
    because(said.words),
  ],
  de: (said, { because }) => [
    'Wir haben eine Entscheidung getroffen, die dich betrifft',
    ({
      warn: 'Du hast eine Verwarnung erhalten.',
      suspend: 'Dein Konto wurde gesperrt.',
      lift_suspension: 'Dein Konto ist nicht mehr gesperrt.',
      hide_listing: 'Eine deiner Unterkünfte wurde ausgeblendet.',
      show_listing: 'Eine deiner Unterkünfte darf wieder angezeigt werden.',
      remove_review: 'Eine deiner Bewertungen wurde entfernt.',
      remove_message: 'Eine deiner Nachrichten wurde entfernt.',
    } as Record<string, string>)[said.measure] ?? 'Du findest sie in deinem Konto.',
    said.place && `Es geht um ${said.place}.`,
    because(said.words),
  ],
  fr: (said, { because }) => [
    'Nous avons pris une décision qui vous concerne',
    ({
      warn: 'Vous avez reçu un avertissement.',
      suspend: 'Votre compte a été suspendu.',
      lift_suspension: 'Votre compte n’est plus suspendu.',
      hide_listing: 'L’un de vos logements a été masqué.',
      show_listing: 'L’un de vos logements peut de nouveau être affiché.',
      remove_review: 'L’un de vos avis a été supprimé.',
      remove_message: 'L’un de vos messages a été supprimé.',
    } as Record<string, string>)[said.measure] ?? 'Vous la trouverez dans votre compte.',
    said.place && `Cela concerne ${said.place}.`,
    because(said.words),
  ],
  es: (said, { because }) => [
    'Hemos tomado una decisión que te afecta',
    ({
      warn: 'Has recibido una advertencia.',
      suspend: 'Tu cuenta se ha suspendido.',
      lift_suspension: 'Tu cuenta ya no está suspendida.',
      hide_listing: 'Se ha ocultado uno de tus alojamientos.',
      show_listing: 'Uno de tus alojamientos puede volver a mostrarse.',
      remove_review: 'Se ha eliminado una de tus reseñas.',
      remove_message: 'Se ha eliminado uno de tus mensajes.',
    } as Record<string, string>)[said.measure] ?? 'Puedes consultarla en tu cuenta.',
    said.place && `Se trata de ${said.place}.`,
    because(said.words),
  ],
});
