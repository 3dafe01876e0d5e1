import type { SafetyWords } from './en.ts';

const words: SafetyWords = {
  report: {
    titles: {
      listing: 'Signaler ce logement',
      person: 'Signaler cette personne',
      review: 'Signaler cet avis',
      message: 'Signaler ce message',
    },
    text:
      'Seule notre assistance voit votre signalement. L’autre personne ne saura pas qui l’a envoyé.',
    danger: 'Si vous êtes en danger, appelez d’abord le numéro d’urgence local.',
    category: 'Quel est le problème ?',
    categories: {
      fraud: 'Fraude ou arnaque',
      harassment: 'Harcèlement ou menaces',
      hate: 'Haine ou discrimination',
      danger: 'Danger pour des personnes',
      illegal: 'Quelque chose d’illégal',
      inaccurate: 'Informations fausses ou trompeuses',
      spam: 'Spam ou publicité',
      other: 'Autre chose',
    },
    body: 'Que s’est-il passé ? (facultatif)',
    send: 'Envoyer le signalement',
    sent: 'Merci pour votre signalement. Notre équipe va l’examiner.',
  },
  evidence: {
    label: 'Photos ou autres fichiers (facultatif)',
    hint:
      'Jusqu’à 10 images, PDF ou vidéos MP4 de 20 Mo chacun. Seule notre équipe d’assistance les voit.',
    yours: 'Vos fichiers',
    added: 'Ajouté. Notre équipe d’assistance le voit avec le dossier.',
  },
  noShow: {
    title: 'Êtes-vous arrivé ?',
    states: {
      reported: 'Signalée',
      objected: 'En cours de décision',
      upheld: 'Confirmée',
      dismissed: 'Rejetée',
      withdrawn: 'Retirée',
      overtaken: 'Sans objet',
    },
    until: (when) =>
      `Votre hôte a signalé votre absence. Si vous étiez sur place, dites-le-nous avant le ${when}. Sinon, le séjour prendra fin comme si vous l’aviez annulé au moment du signalement.`,
    body: 'Que s’est-il passé ? (facultatif)',
    object: 'J’étais sur place',
    sent: 'Merci. Notre équipe va décider.',
    yours: 'Votre réponse :',
    decision: 'Décision :',
  },
  claim: {
    title: (amount) => `Votre hôte demande ${amount} pour un dommage`,
    states: {
      open: 'En attente de votre réponse',
      disputed: 'En cours de décision',
      withdrawn: 'Retirée',
      dismissed: 'Rejetée',
      owed: 'En cours de débit',
      paid: 'Payée',
      unpaid: 'Impayée',
    },
    until: (when) =>
      `Merci d’accepter ou de contester avant le ${when}. Sinon, notre équipe décidera sans votre réponse. Rien n’est débité d’ici là.`,
    owes: (amount) => `Montant dû : ${amount}`,
    body: 'Pourquoi contestez-vous ? (facultatif)',
    accept: (amount) => `Accepter de payer ${amount}`,
    dispute: 'Contester',
    accepted: 'Merci. Votre carte sera débitée.',
    disputed: 'Votre contestation a été envoyée. Notre équipe va décider.',
    yours: 'Votre réponse :',
    decision: 'Décision :',
  },
  block: {
    title: (name) => `Bloquer ${name} ?`,
    text:
      'Vous ne pourrez plus réserver les logements l’un de l’autre ni vous écrire. Les réservations existantes restent valables. L’autre personne n’en est pas informée.',
    confirm: 'Bloquer',
    done: (name) => `Vous avez bloqué ${name}.`,
    undone: (name) => `Vous avez débloqué ${name}.`,
    listTitle: 'Personnes bloquées',
    listNone: 'Vous n’avez bloqué personne.',
    someone: 'Une personne dont vous ne pouvez pas voir le profil',
  },
  complaint: {
    title: 'Signaler un problème avec ce séjour',
    text:
      'Écrivez d’abord à votre hôte : la plupart des problèmes se règlent ainsi. Sinon, prévenez-nous. Le versement de l’hôte attend la décision de notre équipe.',
    category: 'Quel est le problème ?',
    categories: {
      no_access: 'Je n’ai pas pu entrer',
      not_as_described: 'Le logement n’est pas conforme à la description',
      not_clean: 'Il n’est pas propre',
      not_working: 'Quelque chose ne fonctionne pas',
      not_safe: 'Il n’est pas sûr',
      other: 'Autre chose',
    },
    body: 'Que s’est-il passé ?',
    bodyHint: 'Votre hôte le voit et peut répondre.',
    send: 'Envoyer la réclamation',
    sent: 'Votre réclamation est envoyée. Votre hôte et notre équipe sont prévenus.',
    yours: 'Votre réclamation',
    states: {
      open: 'Ouverte',
      withdrawn: 'Retirée',
      dismissed: 'Rejetée',
      refunded: 'Remboursée',
    },
    stateTexts: {
      open: 'Notre équipe décidera, avec ou sans réponse de votre hôte.',
      withdrawn: 'Vous avez retiré cette réclamation.',
      dismissed: 'Notre équipe n’a pas vu de raison de rembourser.',
      refunded: 'Notre équipe a décidé un remboursement. Le montant figure sous le prix.',
    },
    answer: 'Réponse de l’hôte :',
    decision: 'Décision :',
    withdraw: 'Retirer la réclamation',
    withdrawn: 'Votre réclamation est retirée.',
  },
};

export default words;
